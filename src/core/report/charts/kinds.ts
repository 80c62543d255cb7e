import { isMany } from '../view.js';
import { defineChart } from './define-chart.js';
import { type Grouping, groupBars, groupHeight, groupsOf, groupTable } from './drawing/group-bars.js';
import { shareOf, shareVariants, TIME_CAPTION } from './drawing/layer-shares.js';

/** Where a model's cost lies, by what its layers do: the traffic that a sum over convolutions leaves out. */
export default defineChart({
  id: 'kinds',
  section: 'cost',
  title: (_view, variant) => `${shareOf(variant, 'bytes').label} by kind of layer`,
  caption(view, variant) {
    if (variant === 'time') return `Sum over the layers of each kind, ${TIME_CAPTION}.`;
    const execution = new Set(view.models.flatMap(({ analysis }) => analysis?.options.execution ?? []));
    return variant === 'bytes' || variant === null
      ? `Read and written under the ${[...execution].join(' and ')} execution model. The paper's figure counts convolutions alone.`
      : 'Sum over the layers of each kind.';
  },
  variants: (view) => shareVariants(view, ['bytes', 'memoryAccessCost', 'flops', 'time']),
  namesModels: (view) => isMany(view),
  height: (view, variant) => groupHeight(view, byKind(variant)),
  applies: (view) => groupsOf(view, byKind(null)).length > 0,
  build: (context) => groupBars(context, byKind(context.variant)),
  table: (view, variant) => groupTable(view, 'Kind', byKind(variant)),
});

function byKind(variant: string | null): Grouping {
  return { share: shareOf(variant, 'bytes'), groups: (layers) => layers.map(({ kind }) => kind) };
}
