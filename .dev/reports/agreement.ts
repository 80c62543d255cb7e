import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyze } from '../../src/core/analysis/analyze.js';
import type { AnalysisResult } from '../../src/core/analysis/result.js';
import { buildModel, findModel } from '../../src/core/zoo/index.js';
import { reference } from '../../test/reference.js';

interface Counted {
  readonly params: number;
  /** Keras: parameters without running statistics, which archmeter counts as buffers. */
  readonly trainable?: number;
  readonly madds?: number;
  readonly maddsOnnx?: number;
  readonly input: readonly number[] | readonly (readonly number[])[];
  readonly layers?: readonly { readonly madds?: number }[];
}

/** Models by formats: whether parameters and multiply-adds equal what the models' own frameworks counted. */
export async function writeAgreement(target: string): Promise<void> {
  const text = [
    '# Agreement with the frameworks’ own counts',
    '',
    'Written by `npm run reports`. `=` is equal to the last unit in parameters and multiply-adds; anything else is written',
    'out with its reason, which `archmeter analyze` tells in full. The reference counts come from PyTorch',
    '(FlopCounterMode) and Keras, without archmeter; they and the files are in `fixtures/reference`.',
    '',
    '## PyTorch models',
    '',
    await table('models', ['zoo', '.pt2', '.onnx']),
    '',
    '## Keras models',
    '',
    await table('keras', ['.keras', '.tflite']),
    '',
  ].join('\n');
  writeFileSync(join(target, 'reports/agreement.md'), text);
}

async function table(folder: string, formats: readonly string[]): Promise<string> {
  const files = reference.names(folder);
  const names = reference.names(folder, '.json').filter((name) => !name.endsWith('.topology'));
  const lines = [
    `| model | params | madds | ${formats.join(' | ')} |`,
    `|---|--:|--:|${formats.map(() => '---|').join('')}`,
  ];
  for (const name of names) {
    const counted = reference.json<Counted>(`${folder}/${name}.json`);
    const madds = counted.madds ?? (counted.layers ?? []).reduce((sum, layer) => sum + (layer.madds ?? 0), 0);
    const params = counted.trainable ?? counted.params;
    const cells: string[] = [];
    for (const format of formats) {
      const file = files.find((candidate) => candidate.startsWith(`${name}.`) && candidate.endsWith(format));
      const result =
        format === 'zoo' ? await fromZoo(name, counted) : file && analyze(await reference.model(`${folder}/${file}`));
      cells.push(result ? verdict(result, params, format === '.onnx' ? (counted.maddsOnnx ?? madds) : madds) : '');
    }
    lines.push(
      `| ${name} | ${params.toLocaleString('en-US')} | ${madds.toLocaleString('en-US')} | ${cells.join(' | ')} |`,
    );
  }
  return lines.join('\n');
}

async function fromZoo(name: string, { input }: Counted): Promise<AnalysisResult | undefined> {
  const plain = name.replace(/^tv_/, '');
  if ((await findModel(plain)) === undefined || Array.isArray(input[0])) return undefined;
  const [, channels, height, width] = input as number[];
  if (channels !== 3) return undefined;
  return analyze(await buildModel(plain, { inputShape: [1, 3, height as number, width as number] }));
}

/** What an importer's notes say of a difference, in few words; the notes themselves name every tensor. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/folded batch norm|fold batch normalisation/, 'batch norm folded'],
  [/left out biases/, 'zero biases left out'],
  [/stored \d+ tensors? .*once|stored a tensor .*once|read by several layers/, 'equal tensors stored once'],
  [/ahead of time/, 'products of constants computed ahead'],
];

function verdict({ totals, unsupportedOps, notes }: AnalysisResult, params: number, madds: number): string {
  const parts = [
    ...(totals.madds === madds ? [] : [`madds ${difference(totals.madds - madds)}`]),
    ...(totals.params === params ? [] : [`params ${difference(totals.params - params)}`]),
    ...(unsupportedOps.length === 0 ? [] : [`unsupported: ${unsupportedOps.map(({ type }) => type).join(', ')}`]),
  ];
  if (parts.length === 0) return '=';
  const text = notes.join(' ');
  const reasons = REASONS.filter(([pattern]) => pattern.test(text)).map(([, reason]) => reason);
  if (totals.maddsByKind.recurrent !== undefined && totals.madds !== madds)
    reasons.push('recurrent cells, which FlopCounterMode leaves out');
  return `${parts.join('; ')}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`;
}

function difference(value: number): string {
  return `${value > 0 ? '+' : '−'}${Math.abs(value).toLocaleString('en-US')}`;
}
