import type { LayerAnalysis } from '../../analysis/result.js';
import { isMany } from '../view.js';
import { defineChart } from './define-chart.js';
import { type Grouping, groupBars, groupHeight, groupsOf, groupTable } from './drawing/group-bars.js';
import { shareOf, shareVariants, TIME_CAPTION } from './drawing/layer-shares.js';

const FLAT = 'no map';

/** Cost by size of the feature map, from the first stage to the head: what models of any naming have in common. */
export default defineChart({
  id: 'stages',
  section: 'cost',
  title: (_view, variant) => `${shareOf(variant, 'bytes').label} by stage`,
  caption: (_view, variant) =>
    `Layers by the size of the feature map that they work on, largest first; “${FLAT}” is what comes after the last.${variant === 'time' ? ` Time is ${TIME_CAPTION}.` : ''}`,
  variants: (view) => shareVariants(view, ['bytes', 'madds', 'params', 'memoryAccessCost', 'time']),
  namesModels: (view) => isMany(view),
  height: (view, variant) => groupHeight(view, byStage(variant)),
  applies: (view) => groupsOf(view, byStage(null)).length > 1,
  build: (context) => groupBars(context, byStage(context.variant)),
  table: (view, variant) => groupTable(view, 'Stage', byStage(variant)),
});

function byStage(variant: string | null): Grouping {
  return {
    share: shareOf(variant, 'bytes'),
    groups: stagesOf,
    order: (a, b) => areaOf(b) - areaOf(a),
  };
}

/** Convolutions and pooling change the map; all others stay on the one before them, whatever order their axes are in. */
function stagesOf(layers: readonly LayerAnalysis[]): string[] {
  let stage = FLAT;
  return layers.map((layer) => {
    if (layer.kind === 'convolution' || layer.kind === 'pooling') stage = stageOf(layer);
    return stage;
  });
}

/** `56×56` of [N, C, H, W], longer in three dimensions. */
function stageOf({ outputShapes }: LayerAnalysis): string {
  const [, , ...map] = outputShapes[0] ?? [];
  return map.length < 2 || map.every((size) => size === 1) ? FLAT : map.join('×');
}

const areaOf = (stage: string): number =>
  stage === FLAT ? 0 : stage.split('×').reduce((product, size) => product * Number(size), 1);
