// Kernels of every ONNX file of fixtures/reference joined to its layers, some two minutes: `npm run bench:joined`.
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { openRuntime } from '../../../src/bench/runtimes/index.js';
import { reference } from '../../reference.js';
import { joinedReference } from './onnx-join.js';

const { values } = parseArgs({ options: { output: { type: 'string', default: 'reports/harness/joined.md' } } });
const session = await openRuntime('onnxruntime', { dtype: 'float32', allowSoftware: false, threads: 1 });
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
let load = 0;
const rows: { readonly name: string; readonly share: number; readonly cells: readonly string[] }[] = [];
for (const folder of ['models', 'exports'])
  for (const name of reference.names(folder, '.onnx')) {
    const { share, conversions, timings } = await joinedReference(session, `${folder}/${name}.onnx`);
    const own = timings.flatMap((timing) => (timing.unjoined === true ? timing.name : []));
    rows.push({ name, share, cells: [percent(share), percent(conversions), own.join(', ')] });
    load = Math.max(load, loadavg()[0] ?? 0);
    process.stderr.write(`${name}: ${percent(share)}\n`);
  }
await session.close();
rows.sort((a, b) => a.share - b.share || (a.name < b.name ? -1 : 1));
const least = rows[0]?.share ?? 0;
writeFileSync(
  values.output,
  `# Kernels of ONNX Runtime joined to layers

Of the time of all kernels of one run, what \`--per-layer\` joins to a layer, for each of ${rows.length} ONNX files of fixtures/reference (weights zero, one thread, ${session.device.name}, load average up to ${load.toFixed(1)} beside it); at least ${percent(least)}. Changes of layout or type that ONNX Runtime added are the layer's that reads them, by the model as ONNX Runtime rewrote it: the second share is what they are of it. What is left is the runtime's own. Written by \`npm run bench:joined\`.

| model | joined | of it, conversions | the runtime's own |
|---|---:|---:|---|
${rows.map(({ name, cells }) => `| ${name} | ${cells.join(' | ')} |`).join('\n')}
`,
);
if (least < 0.95) process.exitCode = 1;
