import facts from '../../../../fixtures/papers/shufflenet-v2.json' with { type: 'json' };
import { analyze } from '../../analysis/analyze.js';
import { findDevice } from '../../analysis/devices/index.js';
import { estimateLatency } from '../../analysis/latency/index.js';
import { GraphBuilder } from '../../graph/builder.js';
import type { Graph, Value } from '../../ir/graph.js';
import { SHUFFLENET_V2 } from '../../zoo/facts/papers.js';
import { definePaper, type Experiment, type ExperimentVariant, type ReproducedFigure } from '../define-paper.js';

/** Section 2: networks of ten equal blocks on 56x56 images, eight at once on the GPU. */
const [BLOCKS, SIDE, BATCH] = [10, 56, 8];
const DEVICE = 'gtx-1080-ti';
const TIMED_ON = 'a GeForce GTX 1080 Ti';

export default definePaper({
  paper: SHUFFLENET_V2,
  experiments,
  async reproduce() {
    const device = await findDevice(DEVICE);
    const note = `estimated, ${device.name}, batch ${BATCH}`;
    const figures = experiments().flatMap(({ where, variants }): ReproducedFigure[] => {
      const [first, ...others] = variants;
      const [totals, time] = [
        (graph: Graph) => analyze(graph).totals,
        (graph: Graph) => estimateLatency(graph, { device }).latencyMs,
      ];
      return others.flatMap(({ what, rate, graph }): ReproducedFigure[] => [
        {
          what: `${what}: madds over ${first.what}`,
          where,
          unit: 'ratio',
          theirs: 1,
          ours: totals(graph).madds / totals(first.graph).madds,
        },
        {
          what: `${what}: memory access cost over ${first.what}`,
          where,
          unit: 'ratio',
          ours: totals(graph).memoryAccessCost / totals(first.graph).memoryAccessCost,
        },
        {
          what: `${what}: speed over ${first.what}`,
          where,
          unit: 'ratio',
          theirs: rate / first.rate,
          ours: time(first.graph) / time(graph),
          note,
        },
      ]);
    });
    return {
      figures: figures.filter(({ what, where }) => !(where.startsWith('table 4') && what.includes('madds'))),
      findings: [guideline(figures)],
      missing: [
        'The channels of table 3, as printed: ours are chosen so that multiply-adds are equal.',
        'Tables 1 to 4 on an ARM processor: no measured table of it is known here.',
      ],
    };
  },
});

function guideline(figures: readonly ReproducedFigure[]): string {
  const speeds = figures.filter(({ what }) => what.includes('speed over'));
  const slower = speeds.filter(({ theirs, where }) => (theirs as number) < 1 && !where.startsWith('table 4'));
  const agree = slower.filter(({ ours }) => ours < 1);
  return `At equal multiply-adds ${slower.length} variants of tables 1 to 3 run slower in the paper; the estimate says so of ${agree.length}.`;
}

function experiments(): Experiment[] {
  return [
    {
      where: 'table 1 (G1: equal channel widths)',
      timedOn: TIMED_ON,
      variants: withFirst(
        facts.g1.map(({ ratio, channels, rate }) => ({
          what: `c1:c2 = ${ratio}`,
          rate,
          graph: stack(channels[0] as number, (builder, x) =>
            pointwise(builder, pointwise(builder, x, channels[1] as number), channels[0] as number),
          ),
        })),
      ),
    },
    {
      where: 'table 2 (G2: group convolution)',
      timedOn: TIMED_ON,
      variants: withFirst(
        facts.g2.map(({ groups, channels, rate }) => ({
          what: `${groups} group${groups === 1 ? '' : 's'}`,
          rate,
          graph: stack(channels, (builder, x) => pointwise(builder, x, channels, groups)),
        })),
      ),
    },
    {
      where: 'table 3 (G3: fragmentation)',
      timedOn: TIMED_ON,
      variants: withFirst(
        facts.g3.map(({ form, fragments, parallel, channels, rate }) => ({
          what: form,
          rate,
          graph: stack(channels, (builder, x) => fragmented(builder, x, channels, fragments, parallel)),
        })),
      ),
    },
    {
      where: 'table 4 (G4: element-wise operations)',
      timedOn: TIMED_ON,
      variants: withFirst(
        facts.g4.map(({ relu, shortcut, rate }) => ({
          what: `${relu ? 'ReLU' : 'no ReLU'}, ${shortcut ? 'shortcut' : 'no shortcut'}`,
          rate,
          graph: stack(32, (builder, x) => bottleneck(builder, x, relu, shortcut)),
        })),
      ),
    },
  ];
}

function withFirst(variants: readonly ExperimentVariant[]): Experiment['variants'] {
  return variants as Experiment['variants'];
}

function stack(channels: number, block: (builder: GraphBuilder, x: Value) => Value): Graph {
  const builder = new GraphBuilder('experiment');
  let x: Value = builder.input('image', [BATCH, channels, SIDE, SIDE]);
  for (let i = 0; i < BLOCKS; i++) x = builder.scope(`block${i}`, () => block(builder, x));
  return builder.finish([x]);
}

const pointwise = (builder: GraphBuilder, x: Value, outChannels: number, groups = 1) =>
  builder.add('conv', [x], { outChannels, kernel: 1, groups, bias: false });

function fragmented(builder: GraphBuilder, x: Value, channels: number, fragments: number, parallel: boolean): Value {
  if (!parallel) {
    let y = x;
    for (let i = 0; i < fragments; i++) y = pointwise(builder, y, channels);
    return y;
  }
  let sum: Value | undefined;
  for (let i = 0; i < fragments; i++) {
    const y = pointwise(builder, x, channels);
    sum = sum === undefined ? y : builder.add('add', [sum, y], {});
  }
  return sum as Value;
}

/** The bottleneck of ResNet: 1x1 to a quarter, 3x3, 1x1 back. */
function bottleneck(builder: GraphBuilder, x: Value, relu: boolean, shortcut: boolean): Value {
  const channels = x.shape[1] as number;
  const after = (y: Value) => (relu ? builder.add('relu', [y], {}) : y);
  let y = after(pointwise(builder, x, channels / 4));
  y = after(builder.add('conv', [y], { outChannels: channels / 4, kernel: 3, padding: 1, bias: false }));
  y = pointwise(builder, y, channels);
  return after(shortcut ? builder.add('add', [y, x], {}) : y);
}
