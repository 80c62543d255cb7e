import { estimateLatency } from '../../latency/index.js';
import { defineRule } from '../define-rule.js';
import { percent, some } from '../savings.js';

/** Share of time spent starting kernels from which a model counts as fragmented. */
const LEAST_SHARE = 0.15;

export default defineRule({
  source: 'ShuffleNetV2 (arXiv 1807.11164), G3: network fragmentation reduces the degree of parallelism',
  find({ graph, latency, device, precision }) {
    const launchMs = latency.layers.reduce((sum, layer) => sum + layer.launchMs, 0);
    const starved = latency.layers.filter(({ bound }) => bound === 'launch' || bound === 'occupancy');
    const share = launchMs / latency.latencyMs;
    if (share < LEAST_SHARE || latency.execution === 'fused') return [];
    const fused = estimateLatency(graph, { device, precision, execution: 'fused' });
    const value = latency.latencyMs - fused.latencyMs;
    const fraction = value / latency.latencyMs;
    if (fraction < 0.01) return [];
    const names = starved.map(({ name }) => name);
    return [
      {
        id: 'fragmentation',
        title: 'Many small kernels',
        detail: `${latency.kernels} kernels; ${percent(share)} of the time goes into starting them, and ${names.length} layers are too small to fill the ${device.name}. Fused into ${fused.kernels} kernels the model would take ${percent(fraction)} less; a larger batch or fewer, wider layers help as well. See ${some(names)}.`,
        layers: names,
        figure: { name: 'launchShare', value: share },
        saving: { metric: 'estimatedLatencyMs', value, fraction },
      },
    ];
  },
});
