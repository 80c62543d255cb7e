import facts from '../../../../fixtures/papers/vovnet.json' with { type: 'json' };
import { analyze } from '../../analysis/analyze.js';
import { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../ir/graph.js';
import osa from '../../zoo/blocks/osa.js';
import { VOVNET } from '../../zoo/facts/papers.js';
import { buildModel } from '../../zoo/index.js';
import { type SpeedClaim, speedClaim } from '../claim.js';
import { definePaper, type ReproducedFigure } from '../define-paper.js';

/** The image of table 4. */
const SIDE = 320;
const KIN = { vovnet39: 'ese-vovnet39b', vovnet57: 'ese-vovnet57b' };
const IMAGENET = 'ImageNet table of the authors’ repository (TITAN X Pascal)';

const CLAIMS: readonly SpeedClaim[] = [
  { claim: 'VoVNet-39 is faster than DenseNet-201', where: IMAGENET, faster: 'vovnet39', slower: 'densenet201' },
  {
    claim: 'VoVNet-39 is faster than ResNet-50',
    where: `${IMAGENET}; table 5: 152 ms against 157`,
    faster: 'vovnet39',
    slower: 'resnet50',
  },
  {
    claim: 'VoVNet-57 is faster than ResNet-101',
    where: `${IMAGENET}; table 5: 159 ms against 185`,
    faster: 'vovnet57',
    slower: 'resnet101',
  },
  {
    claim: 'VoVNet-27-slim is faster than PeleeNet of a fifth of its multiply-adds',
    where: 'table 2: 71 frames a second against 35',
    faster: 'vovnet27-slim',
    slower: 'peleenet',
  },
];

export default definePaper({
  paper: VOVNET,
  async reproduce() {
    const claims = [];
    for (const claim of CLAIMS) {
      claims.push(await speedClaim({ ...claim, kin: KIN, kinIs: 'VoVNetV2, the nearest in the table' }));
    }
    return {
      figures: [...(await cifar()), ...(await detectors()), ...bottlenecks()],
      claims,
      missing: [
        'Tables 2 to 5, frames a second, memory, energy and GFLOP/s as timed: the GPU, its software and the batch of the detection tables are not stated.',
        'Which convolutions of the detector of table 3 got a bottleneck is not stated: ours are those of the backbone’s modules.',
        'Accuracies (tables 2 to 5, section 4.2): they need training.',
        'Whole detectors of tables 2, 3 and 4: only what differs between their backbones is computed here.',
      ],
    };
  },
});

/** Section 4.2: memory access cost of 3-block networks for CIFAR-10. */
async function cifar(): Promise<ReproducedFigure[]> {
  const cost = async (name: string) => analyze(await buildModel(name)).totals.paperMemoryAccessCost;
  const common = { where: facts.cifar.where, unit: 'elements' as const };
  return [
    {
      ...common,
      what: 'DenseNet-40 memory access cost',
      theirs: facts.cifar['DenseNet-40'],
      ours: await cost('densenet40-cifar'),
    },
    {
      ...common,
      what: 'OSA 5x43 memory access cost',
      theirs: facts.cifar['OSA 5x43'],
      ours: await cost('osa5x43-cifar'),
      note: 'which transitions the paper counts is not stated',
    },
  ];
}

/** Table 4: detectors that differ in the backbone alone, so that their difference is the backbones'. */
async function detectors(): Promise<ReproducedFigure[]> {
  const { table4 } = facts;
  const totals = async (name: string) => analyze(await buildModel(name, { resolution: SIDE })).totals;
  const pairs = [
    ['VoVNet-57', 'VoVNet-39', 'vovnet57', 'vovnet39'],
    ['ResNet-101', 'ResNet-50', 'resnet101', 'resnet50'],
  ] as const;
  const figures: ReproducedFigure[] = [];
  for (const [large, small, more, less] of pairs) {
    const [a, b] = [await totals(more), await totals(less)];
    const what = `${large} less ${small}`;
    const of = (key: 'params' | 'flops') => table4[large][key] - table4[small][key];
    figures.push(
      {
        what: `${what}, params`,
        where: 'table 4',
        unit: 'count',
        theirs: of('params') * 1e6,
        ours: a.params - b.params,
      },
      {
        what: `${what}, madds at ${SIDE} pixels`,
        where: 'table 4',
        unit: 'ops',
        theirs: of('flops') * 1e9,
        ours: a.madds - b.madds,
      },
    );
  }
  for (const [name, { flops, fps, gflops }] of Object.entries(table4)) {
    figures.push({
      what: `${name} FLOP/s: FLOPs times frames a second`,
      where: 'table 4',
      unit: 'op/s',
      theirs: gflops * 1e9,
      ours: flops * 1e9 * fps,
      note: 'both factors are the paper’s',
    });
  }
  return figures;
}

/** Table 3: what 1x1 bottlenecks change in a detector with VoVNet-27-slim, here in its OSA modules at 300 pixels. */
function bottlenecks(): ReproducedFigure[] {
  const [plain, reduced] = [modulesOfSlim(undefined), modulesOfSlim(0.5)];
  const [before, after] = facts.table3 as [(typeof facts.table3)[number], (typeof facts.table3)[number]];
  const where = 'table 3: detectors; ours: the OSA modules of the backbone';
  return [
    {
      what: '1x1 bottlenecks, change of params',
      where,
      unit: 'count',
      theirs: (after.params - before.params) * 1e6,
      ours: reduced.params - plain.params,
    },
    {
      what: '1x1 bottlenecks, change of madds',
      where,
      unit: 'ops',
      theirs: (after.flops - before.flops) * 1e9,
      ours: reduced.madds - plain.madds,
    },
    {
      what: '1x1 bottlenecks, convolutions for each 3x3',
      where: 'section 4.3',
      unit: 'ratio',
      ours: reduced.convolutions / plain.convolutions,
      note: 'kernels run one after the other: why it is slower with fewer operations',
    },
  ];
}

function modulesOfSlim(bottleneck: number | undefined) {
  const builder = new GraphBuilder('modules');
  let x: Value = builder.input('image', [1, 128, 75, 75]);
  const stages = [
    [64, 128],
    [80, 256],
    [96, 384],
    [112, 512],
  ] as const;
  stages.forEach(([width, outChannels], stage) => {
    if (stage > 0) x = builder.add('maxPool', [x], { kernel: 3, stride: 2, ceilMode: true }, { name: `pool${stage}` });
    const options = { layers: 5, width, outChannels, ...(bottleneck === undefined ? {} : { bottleneck }) };
    x = builder.scope(`stage${stage}`, () => osa.apply(builder, x, options));
  });
  const { totals, layers } = analyze(builder.finish([x]));
  return {
    params: totals.params,
    madds: totals.madds,
    convolutions: layers.filter(({ kind }) => kind === 'convolution').length,
  };
}
