import type { LayerAnalysis } from '../../analysis/result.js';
import { formatShape } from '../../ir/tensor.js';
import { METRICS, type MetricId } from '../../units.js';
import { layerTimes } from '../charts/drawing/layer-timing.js';
import { explanationOf, type ModelExplanations } from '../explanations.js';
import { formatExact, formatFigure } from '../number-format.js';
import type { ReportModel, ReportView } from '../view.js';
import { el } from './dom.js';

/** Figures listed where no formula is known. */
const FIGURES = [
  'params',
  'madds',
  'flops',
  'memoryAccessCost',
  'memoryAccessCostLowerBound',
] as const satisfies readonly MetricId[];

/** Everything about one layer: shapes, kernel, times, and each figure with its formula and the numbers put in. */
export function layerDetail(view: ReportView, model: ReportModel, index: number, onClose: () => void): HTMLElement[] {
  const layer = model.analysis?.layers[index];
  if (layer === undefined) return [];
  const close = el('button', { type: 'button', class: 'quiet', 'aria-label': 'Close' }, '×');
  close.addEventListener('click', onClose);
  return [
    el('div', { class: 'card-head' }, el('h3', {}, el('bdi', {}, layer.name)), close),
    el('p', { class: 'muted' }, `${layer.op}, ${layer.kind}, in ${model.name}`),
    facts(factsOf(view, model, layer)),
    ...figures(view, model, index, layer),
  ];
}

function factsOf(view: ReportView, model: ReportModel, layer: LayerAnalysis): [string, string][] {
  const shapes = (list: LayerAnalysis['inputShapes']) => list.map(formatShape).join(', ') || 'none';
  const mates = (model.analysis?.layers ?? []).filter(
    ({ kernel, name }) => layer.kernel >= 0 && kernel === layer.kernel && name !== layer.name,
  );
  const time = layerTimes(model, view.document.devices?.[0]).get(layer.name);
  const findings = (view.document.findings ?? []).filter(
    (finding) =>
      finding.layers.includes(layer.name) &&
      (finding.model === model.name || finding.model === model.analysis?.model.name),
  );
  return [
    ['Input', shapes(layer.inputShapes)],
    ['Weight', shapes(layer.weightShapes)],
    ['Output', shapes(layer.outputShapes)],
    ...(layer.groups > 1 ? ([['Groups', String(layer.groups)]] as [string, string][]) : []),
    ['Module', layer.scope === '' ? 'top' : layer.scope],
    ['Reads', layer.inputLayers.join(', ') || 'nothing'],
    ['Fused with', mates.length === 0 ? 'nothing' : mates.map(({ name }) => name).join(', ')],
    ['Moves', `${formatFigure(layer.readBytes, 'bytes')} read, ${formatFigure(layer.writeBytes, 'bytes')} written`],
    ['Alive', formatFigure(layer.liveActivationBytes, 'bytes')],
    ...(time === undefined
      ? []
      : ([[time.source === 'measured' ? 'Measured' : 'Estimated', formatFigure(time.latencyMs, 'ms')]] as [
          string,
          string,
        ][])),
    ...(time?.bound === undefined ? [] : ([['Bound by', time.bound]] as [string, string][])),
    ...(layer.line === undefined ? [] : ([['Line', String(layer.line)]] as [string, string][])),
    ...findings.map(({ title }): [string, string] => ['Finding', title]),
  ];
}

function facts(list: readonly [string, string][]): HTMLElement {
  return el(
    'dl',
    { class: 'facts' },
    ...list.map(([key, value]) => el('div', {}, el('dt', {}, key), el('dd', {}, el('bdi', {}, value)))),
  );
}

function figures(view: ReportView, model: ReportModel, index: number, layer: LayerAnalysis): HTMLElement[] {
  const known = explanationsFor(view, model);
  if (known === undefined) {
    return FIGURES.filter((id) => layer[id] !== null && layer[id] !== 0).map((id) =>
      explained(METRICS[id].heading, formatExact(layer[id] as number), [], METRICS[id].definition),
    );
  }
  return explanationOf(known, index, layer).map(({ figure, value, formula, substituted, source }) => {
    const heading = Object.hasOwn(METRICS, figure) ? METRICS[figure as MetricId].heading : figure;
    return explained(heading, formatExact(value), formula === substituted ? [formula] : [formula, substituted], source);
  });
}

function explained(heading: string, value: string, formulas: readonly string[], source: string): HTMLElement {
  return el(
    'div',
    { class: 'explained' },
    el('div', { class: 'figure' }, el('span', {}, heading), el('strong', {}, value)),
    ...formulas.map((formula, i) => el('code', {}, `${i === 0 ? '' : '= '}${formula.replaceAll('*', '·')}`)),
    el('p', { class: 'source' }, source),
  );
}

/** Explanations are matched by name and, where names repeat, by the number of layers. */
function explanationsFor({ document }: ReportView, { analysis }: ReportModel): ModelExplanations | undefined {
  return document.explanations?.find(
    ({ model, layers }) => model === analysis?.model.name && layers.length === analysis.layers.length,
  );
}
