import type { Device } from '../../src/core/analysis/devices/index.js';
import { nonNegativeLeastSquares } from '../../src/core/statistics/non-negative-least-squares.js';
import { median, quantile } from '../../src/core/statistics/quantile.js';
import { distanceFrom, type Intervals } from './interval-pools.js';
import { type Coverage, coverageOf } from './intervals.js';
import { estimateModel, rooflineOf, type TimedModel } from './language-models.js';
import { markdownTable, percent } from './markdown.js';
import { isProduct, type JudgedKernel, type ServerJudgement } from './server.js';

export interface JudgedModel {
  readonly one: TimedModel;
  readonly measured: number;
  /** With the device's own constants where its kernels were timed, else by the data sheet. */
  readonly estimated: number;
  /** By the data sheet and other devices alone. */
  readonly unseen: number;
  /** By those of other architectures alone. */
  readonly unseenArchitecture: number;
  readonly calibrated: boolean;
  readonly roofline: number;
  readonly linear: number;
}

/** No whole model is fitted on; `unseen` leaves the device's kernels out as well. */
export function judgeLanguageModels(
  models: readonly TimedModel[],
  { full, without, withoutArchitecture }: ServerJudgement,
): JudgedModel[] {
  const withProducts = new Set(
    [...without].flatMap(([id, { judged }]) =>
      judged.some(({ one }) => isProduct(one) && one.arithmetic === 'float32') && id !== 'p4' ? [id] : [],
    ),
  );
  return models.map((one) => {
    const { id } = one.device;
    const own = withProducts.has(id) ? full.byDevice.get(id) : undefined;
    // The L4's and H100's 32-bit kernels are in no table here; the H100's 16-bit products tell nothing of them.
    const shared = without.get(id)?.fit.shared ?? full.shared;
    // A linear fit of operations at peak and bytes at full bandwidth, to the other devices' models.
    const peak = (model: TimedModel) =>
      model.flops / ((model.device.matrixFloat32Tflops ?? model.device.float32Tflops) * 1e12);
    const moved = (model: TimedModel) => model.bytes / (model.device.memoryBandwidthGbs * 1e9);
    const others = models.filter(({ device, execution }) => device.id !== id && execution === one.execution);
    const { coefficients } = nonNegativeLeastSquares(
      others.map((model) => [peak(model) / model.seconds, moved(model) / model.seconds]),
      others.map(() => 1),
    );
    const [a = 0, b = 0] = coefficients;
    return {
      one,
      measured: one.seconds,
      estimated: estimateModel(one, own ?? full.shared),
      unseen: estimateModel(one, shared),
      unseenArchitecture: estimateModel(one, withoutArchitecture.get(id)?.fit.shared ?? full.shared),
      calibrated: own !== undefined,
      roofline: rooflineOf(one),
      linear: a * peak(one) + b * moved(one),
    };
  });
}

const NEVER_FITTED = new Set(['l4', 'h100-sxm']);
const absolute = (estimated: number, measured: number) => Math.abs(estimated / measured - 1);

export interface ServerJson {
  readonly models: readonly ModelRow[];
  readonly products: readonly ProductRow[];
}

export interface ModelRow {
  readonly device: string;
  readonly execution: string;
  readonly rows: number;
  readonly calibrated: boolean;
  readonly neverFitted: boolean;
  readonly median: number;
  readonly bias: number;
  readonly unseen: number;
  readonly neusight: number;
  readonly roofline: number;
  readonly linear: number;
  readonly coverage: Coverage;
}

export interface ProductRow {
  readonly device: string;
  readonly neverFitted: boolean;
  readonly rows: number;
  readonly median: number;
  readonly bias: number;
  readonly fewRows: number;
  readonly fewRowsMedian: number;
  readonly roofline: number;
  readonly coverage: Coverage;
}

export function serverReport(server: ServerJudgement, models: readonly JudgedModel[], intervals: Intervals) {
  const rows = modelRows(models, server, intervals);
  const products = productRows(server, intervals);
  const optional = (value: number) => (Number.isNaN(value) ? '–' : percent(value));
  const markdown = `# Server GPUs: products and language models

Written by \`npm run validate:latency\`; sources in \`fixtures/reference/README.md\`. Error: absolute, as a part of the measured time.

## Whole language models, 32 bits

BERT-large, GPT-2 large, GPT-3 XL and 2.7B, OPT-1.3B, their attention written out, as NeuSight timed them. **No whole model was
fitted on.** \`Own\`: with constants fitted to 32-bit products of the device where there are some. \`Left out\`: by the data sheet
and the kernels of other devices alone. Of the L4 and H100 there are none. NeuSight: its published estimates. Roofline:
every kernel at peak or full bandwidth. Linear: operations at peak and bytes at full bandwidth, two coefficients, fitted to the
other devices' models. 90 % interval: that of a device never timed, of its
architecture or of another (\`.dev/latency/intervals.ts\`).

${markdownTable(
  [
    'Device',
    'Execution',
    'Models',
    'Own',
    'Left out',
    'Bias',
    'NeuSight',
    'Roofline',
    'Linear',
    'Inside 90 %',
    'Width',
  ],
  rows.map((row) => [
    row.neverFitted ? `**${row.device}**` : row.device,
    row.execution,
    String(row.rows),
    row.calibrated ? percent(row.median) : '–',
    percent(row.unseen),
    percent(row.bias),
    optional(row.neusight),
    percent(row.roofline),
    percent(row.linear),
    percent(row.coverage.inside, 0),
    percent(row.coverage.width, 0),
  ]),
)}

### By model

${markdownTable(
  ['Model', 'Rows', 'Median error', 'Bias'],
  [...new Set(models.map(({ one }) => one.model))].map((model) => {
    const own = models.filter(({ one }) => one.model === model);
    const errors = own.map(({ estimated, measured }) => estimated / measured - 1);
    return [model, String(own.length), percent(median(errors.map(Math.abs))), percent(median(errors))];
  }),
)}

## Products of a device left out

Linear layers and batched matrix products, each device judged by the others; **the L40S and H200** by all that are fitted. 32 bits:
NeuSight. 16 and 8 bits: aiconfigurator (vLLM, TensorRT-LLM, SGLang) and Vidur. Shapes are sampled evenly over rows, a third of
them of 64 rows or fewer: such products read weights, from memory or, where they were read a moment ago, from L2.

${markdownTable(
  ['Device', 'Products', 'Median error', 'Bias', 'm ≤ 64', 'Median error', 'Roofline', 'Inside 90 %', 'Width'],
  products.map((row) => [
    row.neverFitted ? `**${row.device}**` : row.device,
    String(row.rows),
    percent(row.median),
    percent(row.bias),
    String(row.fewRows),
    optional(row.fewRowsMedian),
    percent(row.roofline),
    percent(row.coverage.inside, 0),
    percent(row.coverage.width, 0),
  ]),
)}

## Where it fails

${markdownTable(['Kernels', 'Device', 'Rows', 'Median error', 'Bias'], worstKernels(server))}

The P4, a passive card of 75 W, slows to a half within a long kernel and is not fitted on. NeuSight's convolutions choose among
Winograd's and other algorithms shape by shape, which no constant foretells. TensorRT-LLM converts 8-bit inputs in several kernels.
`;
  const json: ServerJson = { models: rows, products };
  return { name: 'server', markdown, json };
}

/** How far a device lies from the others: it was left out itself. */
const distanceAmong = (devices: readonly Device[], device: Device) =>
  distanceFrom(
    devices.filter(({ id }) => id !== device.id),
    device,
  );

function modelRows(
  models: readonly JudgedModel[],
  { devices }: ServerJudgement,
  { serverModels }: Intervals,
): ModelRow[] {
  const keys = [...new Set(models.map(({ one }) => `${one.device.id} ${one.execution}`))];
  return keys.map((key) => {
    const own = models.filter(({ one }) => `${one.device.id} ${one.execution}` === key);
    const first = own[0] as JudgedModel;
    const errors = (pick: (judged: JudgedModel) => number) =>
      own.map((judged) => absolute(pick(judged), judged.measured)).filter((error) => !Number.isNaN(error));
    const middle = (pick: (judged: JudgedModel) => number) => {
      const list = errors(pick);
      return list.length === 0 ? Number.NaN : median(list);
    };
    return {
      device: first.one.device.name,
      execution: first.one.execution,
      rows: own.length,
      calibrated: first.calibrated,
      neverFitted: NEVER_FITTED.has(first.one.device.id),
      median: middle(({ estimated }) => estimated),
      bias: median(own.map(({ unseen, measured }) => unseen / measured - 1)),
      unseen: middle(({ unseen }) => unseen),
      neusight: middle(({ one }) => one.published.neusight),
      roofline: middle(({ roofline }) => roofline),
      linear: middle(({ linear }) => linear),
      coverage: coverageOf(
        own.map(({ unseen, measured }) => Math.log(measured / unseen)),
        serverModels.at(distanceAmong(devices, first.one.device), first.one.device.id),
      ),
    };
  });
}

function productRows({ devices, without, judgedAlone }: ServerJudgement, { serverProducts }: Intervals): ProductRow[] {
  const lists = [
    ...[...without.values()].map(({ judged }) => ({ judged, neverFitted: false })),
    ...[...new Set(judgedAlone.map(({ one }) => one.device.id))].map((id) => ({
      judged: judgedAlone.filter(({ one }) => one.device.id === id),
      neverFitted: true,
    })),
  ];
  return lists.flatMap(({ judged, neverFitted }) => {
    const own = judged.filter(({ one }) => isProduct(one));
    if (own.length === 0) return [];
    const { device } = (own[0] as JudgedKernel).one;
    const few = own.filter(({ one }) => one.rows <= 64);
    const errors = (list: readonly JudgedKernel[]) =>
      list.map(({ estimated, measured }) => absolute(estimated, measured));
    return {
      device: device.name,
      neverFitted,
      rows: own.length,
      median: median(errors(own)),
      bias: median(own.map(({ estimated, measured }) => estimated / measured - 1)),
      fewRows: few.length,
      fewRowsMedian: few.length === 0 ? Number.NaN : median(errors(few)),
      roofline: median(own.map((judged) => absolute(kernelRoofline(judged), judged.measured))),
      coverage: coverageOf(
        own.map(({ estimated, measured }) => Math.log(measured / estimated)),
        serverProducts.at(distanceAmong(devices, device), device.id),
      ),
    };
  });
}

function kernelRoofline({ one }: JudgedKernel): number {
  const { device, kernels } = one;
  return kernels.reduce((sum, { kernel }) => {
    const half = kernel.arithmetic === 'float16' ? device.tensorFloat16Tflops : null;
    const narrow = kernel.arithmetic === 'float8' ? device.tensorFloat8Tflops : null;
    const peak = (narrow ?? half ?? device.float32Tflops) * 1e12;
    const bytes = kernel.readBytes + kernel.writeBytes + kernel.weightBytes;
    return sum + Math.max((2 * kernel.madds) / peak, bytes / (device.memoryBandwidthGbs * 1e9));
  }, 0);
}

function worstKernels({ without, judgedAlone }: ServerJudgement): string[][] {
  const groups = new Map<string, JudgedKernel[]>();
  for (const judged of [...[...without.values()].flatMap(({ judged }) => judged), ...judgedAlone]) {
    const key = `${judged.one.op}, ${judged.one.arithmetic}|${judged.one.device.name}`;
    groups.set(key, [...(groups.get(key) ?? []), judged]);
  }
  return [...groups]
    .map(([key, list]) => {
      const errors = list.map(({ estimated, measured }) => estimated / measured - 1);
      return { key, rows: list.length, median: quantile(errors.map(Math.abs), 0.5), bias: quantile(errors, 0.5) };
    })
    .sort((a, b) => b.median - a.median)
    .slice(0, 12)
    .map(({ key, rows, median: middle, bias }) => [...key.split('|'), String(rows), percent(middle), percent(bias)]);
}
