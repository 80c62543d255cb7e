import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/main.js';
import { reference } from '../reference.js';

/** How long commands take on models of very many layers. */
export interface LargeModelCost {
  readonly command: string;
  readonly seconds: number;
  /** Over the time of half as many layers: about 2 where time is linear in them, 4 where it is quadratic. */
  readonly growth: number;
}

const LAYERS = 20_000;

/** `analyze` as a table of 80 columns, as JSON and with each report, on so many activations, and on half of them. */
export async function benchLargeModels(layers = LAYERS): Promise<LargeModelCost[]> {
  const folder = mkdtempSync(join(tmpdir(), 'archmeter-large-bench-'));
  const path = (name: string) => join(folder, name);
  try {
    for (const count of [100, layers / 2, layers]) {
      const spec = `schema: archmeter/spec@1\ninput: [1, 8, 8, 8]\nlayers: [{ op: relu, repeat: ${count} }]\n`;
      writeFileSync(path(`${count}.yaml`), spec);
    }
    const forms = [
      [],
      ['--json'],
      ['--format', 'csv'],
      ['--report', path('r.html')],
      ['--report', path('r.md')],
      ['--report', path('r.png')],
    ];
    const costs: LargeModelCost[] = [];
    for (const form of forms) {
      const command = (count: number) => secondsOf(['analyze', path(`${count}.yaml`), ...form, '--force']);
      await command(100); // Modules are loaded, and the client of reports is bundled.
      const [half, whole] = [await command(layers / 2), await command(layers)];
      const told = form.map((word) => word.replace(`${folder}/`, '')).join(' ');
      costs.push({ command: `analyze ${layers} layers ${told}`.trim(), seconds: whole, growth: whole / half });
    }
    return costs;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `analyze sequencer2d_s.onnx`: 36 blocks of two recurrent layers each way. */
export async function benchSequencer(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'archmeter-large-bench-'));
  try {
    const path = join(folder, 'sequencer2d_s.onnx');
    writeFileSync(path, reference.bytes('models/sequencer2d_s.onnx'));
    await secondsOf(['analyze', path]);
    return await secondsOf(['analyze', path]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function secondsOf(argv: readonly string[]): Promise<number> {
  const started = performance.now();
  const quiet = { out: () => {}, err: () => {}, columns: 80, color: false, interactive: false };
  const code = await main(argv, quiet);
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}`);
  return (performance.now() - started) / 1000;
}
