import { analyze } from '../../core/analysis/analyze.js';
import { DEVICES } from '../../core/analysis/devices/index.js';
import { estimateLatency } from '../../core/analysis/latency/index.js';
import { factsOf } from '../../core/zoo/accuracy.js';
import { buildModel, findModel } from '../../core/zoo/index.js';
import type { HeldClaim, ReproducedFigure, Reproduction } from './paper.js';

/** Table 4 (RefineDet320, COCO): whole detectors, FLOPs in 10^9 (a multiply-add is one), parameters in 10^6. */
const TABLE4 = {
  'ResNet-50': { flops: 25.43, params: 63.46, fps: 23.2, efficiency: 591.3 },
  'ResNet-101': { flops: 33.02, params: 82.45 },
  'VoVNet-39': { flops: 32.6, params: 56.28 },
  'VoVNet-57': { flops: 36.45, params: 70.32 },
  'DenseNet-201': { flops: 24.65, fps: 12, efficiency: 296.9 },
} as const;

/** The image of table 4. */
const SIDE = 320;

/** VoVNet (arXiv 1904.09730): what its tables and section 4 print that can be computed. */
export async function reproduceVovnet(): Promise<Reproduction> {
  return {
    paper: 'vovnet',
    title: 'An Energy and GPU-Computation Efficient Backbone Network for Real-Time Object Detection',
    url: 'https://arxiv.org/abs/1904.09730',
    figures: [...(await cifar()), ...(await table4())],
    claims: [
      await claim('VoVNet-39 is faster than DenseNet-201', 'vovnet39', 'densenet201'),
      await claim('VoVNet-39 is faster than ResNet-50', 'vovnet39', 'resnet50'),
      await claim('VoVNet-57 is faster than ResNet-101', 'vovnet57', 'resnet101'),
    ],
    missing: [
      'Tables 2 to 5, frames a second, memory, energy and GFLOP/s as timed: the GPU, its software and the batch of the detection tables are not stated.',
      'Accuracies (tables 2 to 5, section 4.2): they need training.',
      'Whole detectors of tables 2, 3 and 4: only what differs between their backbones is computed here.',
    ],
  };
}

/** Section 4.2: memory access cost of 3-block networks for CIFAR-10. */
async function cifar(): Promise<ReproducedFigure[]> {
  const cost = async (name: string) => analyze(await buildModel(name)).totals.paperMemoryAccessCost;
  const where = 'section 4.2 (printed to 0.1 M)';
  return [
    {
      what: 'DenseNet-40 memory access cost',
      where,
      unit: 'elements',
      theirs: 3.7e6,
      ours: await cost('densenet40-cifar'),
    },
    {
      what: 'OSA 5x43 memory access cost',
      where,
      unit: 'elements',
      theirs: 2.5e6,
      ours: await cost('osa5x43-cifar'),
      note: 'which transitions the paper counts is not stated',
    },
  ];
}

/** Detectors that differ in the backbone alone: what one has more than the other is the backbones' difference. */
async function table4(): Promise<ReproducedFigure[]> {
  const totals = async (name: string) => analyze(await buildModel(name, { resolution: SIDE })).totals;
  const pairs = [
    ['VoVNet-57', 'VoVNet-39', 'vovnet57', 'vovnet39'],
    ['ResNet-101', 'ResNet-50', 'resnet101', 'resnet50'],
  ] as const;
  const figures: ReproducedFigure[] = [];
  for (const [large, small, more, less] of pairs) {
    const [a, b] = [await totals(more), await totals(less)];
    const what = `${large} less ${small}`;
    figures.push(
      {
        what: `${what}, params`,
        where: 'table 4',
        unit: 'count',
        theirs: (TABLE4[large].params - TABLE4[small].params) * 1e6,
        ours: a.params - b.params,
      },
      {
        what: `${what}, madds at ${SIDE} pixels`,
        where: 'table 4',
        unit: 'ops',
        theirs: (TABLE4[large].flops - TABLE4[small].flops) * 1e9,
        ours: a.madds - b.madds,
      },
    );
  }
  for (const name of ['ResNet-50', 'DenseNet-201'] as const) {
    const { flops, fps, efficiency } = TABLE4[name];
    figures.push({
      what: `${name} FLOP/s: FLOPs times frames a second`,
      where: 'table 4',
      unit: 'op/s',
      theirs: efficiency * 1e9,
      ours: flops * 1e9 * fps,
      note: 'both factors are the paper’s',
    });
  }
  return figures;
}

const BATCH = 256;

/** On which GPUs the estimate agrees, and what timm's RTX 4090 table says of the same networks or their nearest kin. */
async function claim(text: string, faster: string, slower: string): Promise<HeldClaim> {
  const [fast, slow] = [await buildModel(faster), await buildModel(slower)];
  const holds: string[] = [];
  const fails: string[] = [];
  for (const device of DEVICES.filter(({ kind }) => kind === 'gpu')) {
    const time = (graph: typeof fast) => estimateLatency(graph, { device, batch: BATCH }).latencyMs;
    (time(fast) < time(slow) ? holds : fails).push(device.name);
  }
  const kin: Readonly<Record<string, string>> = { vovnet39: 'ese-vovnet39b', vovnet57: 'ese-vovnet57b' };
  const measured: string[] = [];
  const names = [kin[faster] ?? faster, slower];
  const entries = await Promise.all(names.map((name) => findModel(name)));
  const rates = entries.map((entry) => (entry === undefined ? undefined : factsOf(entry).measuredImagesPerSecond));
  if (rates.every((rate) => rate !== undefined)) {
    const [a, b] = rates as [number, number];
    const close = Math.abs(a / b - 1) < 0.05;
    const verdict = close ? 'too close to tell' : a > b ? 'confirms it' : 'refutes it';
    const remark = kin[faster] === undefined ? '' : ' (VoVNetV2, the nearest in the table)';
    measured.push(
      `timm, RTX 4090: ${names[0]}${remark} ${Math.round(a)} images/s, ${names[1]} ${Math.round(b)} images/s: ${verdict}.`,
    );
  }
  return { claim: text, where: 'ImageNet table of the authors’ repository (TITAN X Pascal)', holds, fails, measured };
}
