import { analyze } from '../../analysis/analyze.js';
import { type BalanceCurve, balanceCurve, boundAt } from '../../analysis/balance.js';
import { factsOf } from '../../zoo/facts/accuracy.js';
import { MOBILENET_V4 } from '../../zoo/facts/papers.js';
import { buildModel, listModels } from '../../zoo/index.js';
import { definePaper, type ReproducedFigure } from '../define-paper.js';

/** Ridge points of the paper's sweep, multiply-adds a byte; here FLOP/byte, two for each. */
const RIDGE_POINTS = [0, 5, 10, 25, 50, 100, 200, 300, 400, 500];
/** Families that are compared with it: those for mobile devices. */
const RIVALS = [
  'mobilenet-v1',
  'mobilenet-v2',
  'mobilenet-v3',
  'mnasnet',
  'efficientnet',
  'mobileone',
  'fastvit',
  'repvit',
  'shvit',
  'starnet',
  'ghostnet',
  'ghostnet-v3',
  'lcnet',
  'efficientformer-v2',
  'mobilevit-v2',
];

interface Candidate {
  readonly isOwn: boolean;
  readonly top1: number;
  readonly curve: BalanceCurve;
}

export default definePaper({
  paper: MOBILENET_V4,
  async reproduce() {
    const candidates = await load();
    const own = candidates.filter(({ isOwn }) => isOwn);
    const figures = RIDGE_POINTS.map((ridge): ReproducedFigure => {
      const times = candidates.map(({ curve }) => boundAt(curve, 2 * ridge));
      const onFront = (at: number) =>
        !candidates.some(
          ({ top1 }, i) =>
            i !== at && top1 >= (candidates[at] as Candidate).top1 && (times[i] as number) < (times[at] as number),
        );
      const count = candidates.filter(({ isOwn }, at) => isOwn && onFront(at)).length;
      return {
        what: `MobileNetV4 on the front at ridge point ${ridge}, of ${own.length}`,
        where: 'section 3 and figure 3 (from 0 to 500 multiply-adds a byte): mostly Pareto-optimal',
        unit: 'count',
        ours: count,
      };
    });
    const least = Math.min(...figures.map(({ ours }) => ours));
    return {
      figures,
      findings: [
        `By Σ max(operations, traffic) over fused kernels in fp16, at least ${least} of ${own.length} MobileNetV4 stand on the front of accuracy against time at every ridge point from 0 to 500, among ${candidates.length - own.length} models of ${RIVALS.length} families for mobile devices. Accuracies are of timm's weights, whose training differs from the paper's.`,
      ],
      missing: ['Times on phones and accelerators (tables 4 to 6): no measured table of them is known here.'],
    };
  },
});

async function load(): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const entry of await listModels()) {
    const isOwn = entry.family === 'mobilenet-v4';
    const { top1 } = factsOf(entry);
    if (top1 === undefined || !(isOwn || RIVALS.includes(entry.family))) continue;
    const result = analyze(await buildModel(entry.name), { execution: 'fused', dtype: 'float16' });
    found.push({ isOwn, top1, curve: balanceCurve(result) });
  }
  return found;
}
