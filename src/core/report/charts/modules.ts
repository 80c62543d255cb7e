import type { LayerAnalysis } from '../../analysis/result.js';
import type { ReportModel, ReportView } from '../view.js';
import { type ChartFocus, type ChartStep, type ChartTrail, defineChart } from './define-chart.js';
import {
  type IcicleLeaf,
  type IcicleNode,
  type IcicleRoot,
  icicleChain,
  icicleChart,
  icicleHeight,
  icicleTree,
} from './drawing/icicle.js';
import { isProfiled, shareOf, shareVariants, TIME_CAPTION, timesOf } from './drawing/layer-shares.js';

/** Where in the structure a cost lies: the model, its modules under it, theirs under them. */
export default defineChart({
  id: 'modules',
  section: 'cost',
  title: (_view, variant) => `${shareOf(variant, 'bytes').label} by module`,
  caption: (view, variant) =>
    `A box is as wide as what its module costs${timeCaption(view, variant)}; its parts stand under it, in execution order${view.models.length > 1 ? ', all models on one scale' : ''}.`,
  hint: 'A click on a module shows it alone.',
  variants: (view) => shareVariants(view, ['bytes', 'params', 'madds', 'memoryAccessCost', 'time']),
  namesModels: () => true,
  height: (view, variant) => icicleHeight(rootsOf(view, variant)),
  applies: (view) => rootsOf(view, null).length > 0,
  build: (context) =>
    icicleChart(context, rootsOf(context.view, context.variant), shareOf(context.variant, 'bytes').unit),
  trail: trailOf,
  table(view, variant) {
    const { label, unit } = shareOf(variant, 'bytes');
    return {
      headings: ['Model', 'Module', 'Layers', unit === 'ms' ? `${label} ms` : label, 'Share %'],
      rows: rootsOf(view, variant).flatMap(({ tree }) =>
        modulesOf(tree).map(({ path, leaves, value }) => [
          tree.label,
          path === '' ? 'whole model' : path,
          leaves,
          value,
          (100 * value) / tree.value,
        ]),
      ),
    };
  },
});

function timeCaption({ models }: ReportView, variant: string | null): string {
  if (variant !== 'time') return '';
  return models.some(isProfiled) ? ' of an iteration, gaps left out' : ` (${TIME_CAPTION})`;
}

/** The modules that lie around a module, and those within it. */
function trailOf(view: ReportView, variant: string | null, focus: ChartFocus | null): ChartTrail {
  const roots = rootsOf(view, variant);
  const step = (model: number, { label, path }: IcicleNode): ChartStep => ({ label, focus: { model, path } });
  const modules = ({ model }: IcicleRoot, node: IcicleNode) =>
    node.children.filter(({ children }) => children.length > 0).map((child) => step(model, child));
  const root = roots.length === 1 ? roots[0] : roots.find(({ model }) => model === focus?.model);
  if (root === undefined) {
    const all = { label: 'All models', focus: null };
    return { steps: [all], within: roots.map(({ model, tree }) => step(model, tree)) };
  }
  const all = roots.length === 1 ? { label: root.tree.label, focus: null } : { label: 'All models', focus: null };
  const chain = icicleChain(root.tree, focus?.path ?? '');
  const steps = chain.map((node) => step(root.model, node)).slice(roots.length === 1 ? 1 : 0);
  return { steps: [all, ...steps], within: modules(root, chain.at(-1) ?? root.tree) };
}

function rootsOf(view: ReportView, variant: string | null): IcicleRoot[] {
  return view.models.flatMap((model) => {
    const tree = treeOf(view, model, variant);
    return tree.value > 0 ? [{ model: model.index, style: model.style, tree }] : [];
  });
}

function treeOf(view: ReportView, model: ReportModel, variant: string | null): IcicleNode {
  const share = shareOf(variant, 'bytes');
  const times = timesOf(view, model);
  const leaves = (model.analysis?.layers ?? []).map((layer) => ({
    path: pathOf(layer),
    value: share.of(layer, times),
    layer: layer.name,
  }));
  return icicleTree(model.name, share.unit === 'ms' ? [...leaves, ...otherWork(model)] : leaves);
}

/** What a profile shows beside layers. */
function otherWork({ timings }: ReportModel): IcicleLeaf[] {
  const profiled = timings.find(({ arm }) => arm.trace !== undefined);
  return (profiled?.arm.layers?.timings ?? []).flatMap(({ name, latencyMs, unjoined }) =>
    unjoined === true ? [{ path: ['of no layer', name], value: latencyMs }] : [],
  );
}

/** The module's names, then what the layer adds to them. */
export function pathOf({ scope, name }: Pick<LayerAnalysis, 'scope' | 'name'>): string[] {
  if (scope === '') return [name];
  const own = name.startsWith(`${scope}.`) ? name.slice(scope.length + 1) : name;
  return [...scope.split('.'), own];
}

/** Modules of the first two levels. */
function modulesOf(tree: IcicleNode): IcicleNode[] {
  return [tree, ...tree.children.flatMap((child) => [child, ...child.children.filter(({ leaves }) => leaves > 1)])];
}
