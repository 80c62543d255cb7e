import type { LatencyEstimate } from '../../latency/index.js';
import { type AdviceContext, defineRule } from '../define-rule.js';
import { counted, percent, some } from '../savings.js';

/** Share of time spent starting kernels from which a model counts as fragmented. */
const LEAST_SHARE = 0.15;
/** By which a batch is enlarged where nothing is left to fuse. */
const BATCH_FACTOR = 8;

export default defineRule({
  source: 'ShuffleNetV2 (arXiv 1807.11164), G3: network fragmentation reduces the degree of parallelism',
  find(context) {
    const { latency, device } = context;
    const share = launchMs(latency) / latency.kernelsMs;
    if (share < LEAST_SHARE) return [];
    const remedy = latency.execution === 'fused' ? largerBatch(context) : fewerKernels(context);
    if (remedy === undefined || remedy.value / latency.kernelsMs < 0.01) return [];
    const starved = latency.layers.filter(({ bound }) => bound === 'launch' || bound === 'occupancy');
    const names = starved.map(({ name }) => name);
    const fraction = remedy.value / latency.kernelsMs;
    return [
      {
        id: 'fragmentation',
        title: 'Many small kernels',
        detail: `${counted(latency.kernels, 'kernel')}; ${percent(share)} of the time goes into starting them, and ${counted(names.length, 'layer')} cannot fill the ${device.name}. ${remedy.text(percent(fraction))} See ${some(names)}.`,
        layers: names,
        figure: { name: 'launchShare', value: share },
        saving: { metric: 'estimatedLatencyMs', value: remedy.value, fraction },
      },
    ];
  },
});

const launchMs = ({ layers }: LatencyEstimate): number => layers.reduce((sum, layer) => sum + layer.launchMs, 0);

interface Remedy {
  readonly value: number;
  text(saved: string): string;
}

/** What fusion spares in starts alone; the bytes that it spares as well are the elementwise layers' finding. */
function fewerKernels({ latency, fused }: AdviceContext): Remedy {
  const after = fused();
  return {
    value: launchMs(latency) - launchMs(after),
    text: (saved) =>
      `Fused into ${after.kernels}, the model would take ${saved} less for starts alone; a larger batch or fewer, wider layers help as well.`,
  };
}

function largerBatch({ latency, imageMsAtBatch }: AdviceContext): Remedy {
  return {
    value: latency.kernelsMs - imageMsAtBatch(BATCH_FACTOR) * latency.batch,
    text: (saved) =>
      `Nothing is left to fuse: in a batch of ${latency.batch * BATCH_FACTOR} an image would take ${saved} less; fewer, wider layers help as well.`,
  };
}
