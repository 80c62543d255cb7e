import balance from './balance.js';
import channels from './channels.js';
import type { ChartDefinition } from './define-chart.js';
import dots from './dots.js';
import efficiency from './efficiency.js';
import energy from './energy.js';
import history from './history.js';
import iteration from './iteration.js';
import kinds from './kinds.js';
import latency from './latency.js';
import liveness from './liveness.js';
import lost from './lost.js';
import memoryAccess from './memory-access.js';
import metrics from './metrics.js';
import modules from './modules.js';
import pareto from './pareto.js';
import roofline from './roofline.js';
import speed from './speed.js';
import stages from './stages.js';
import { sweepChart } from './sweep.js';

/** In the order of the report. */
export const CHARTS: readonly ChartDefinition[] = [
  metrics,
  dots,
  iteration,
  lost,
  latency,
  speed,
  efficiency,
  energy,
  modules,
  stages,
  kinds,
  roofline,
  memoryAccess,
  channels,
  liveness,
  sweepChart('batch'),
  sweepChart('resolution'),
  balance,
  pareto,
  history,
];
