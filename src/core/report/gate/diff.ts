import type { ComparedLayer, LayerChange } from '../../compare/layer-diff.js';
import { DIFF_SCHEMA, deltaOf, figureOf, type ModelDiff } from '../../compare/model-diff.js';
import { METRICS } from '../../units.js';
import { ARCHMETER_VERSION } from '../../version.js';
import { code, escapeName } from '../markdown/escape.js';
import { change, figure, layerChange } from './describe.js';

/** Figures of layers that a difference is shown by. */
export const DIFF_FIGURES = ['params', 'madds', 'memoryAccessCost'] as const;

const SIGNS: Readonly<Record<LayerChange['status'], string>> = {
  added: '+',
  removed: '−',
  changed: '~',
  renamed: '→',
};

/** Cells of one changed layer: sign, name, op, output shape, and what it adds to each of DIFF_FIGURES. */
export function layerCells(layer: LayerChange): string[] {
  const { status, before, after } = layer;
  const both = (of: (side: ComparedLayer) => string) => {
    const [was, is] = [before, after].map((side) => side && of(side));
    return was === undefined || is === undefined || was === is ? (is ?? was ?? '') : `${was} → ${is}`;
  };
  return [
    SIGNS[status],
    both(({ name }) => name),
    both(({ op }) => op),
    both(({ output }) => output),
    ...DIFF_FIGURES.map((id) => {
      const delta = deltaOf(layer, id);
      return delta === 0 ? '' : layerChange({ name: '', delta }, id);
    }),
  ];
}

/** Totals that differ, as cells: heading, before, after, change. */
export function totalCells({ totals }: ModelDiff): string[][] {
  return totals
    .filter(({ before, after }) => before !== after)
    .map(({ metric, before, after }) => [
      METRICS[metric].heading,
      figure(before, metric),
      figure(after, metric),
      change({ expected: before, actual: after }),
    ]);
}

/** `3 layers added, 1 changed`; that nothing differs where that is so. */
export function diffSummary({ layers, totals }: ModelDiff): string {
  const counts = (['added', 'removed', 'changed', 'renamed'] as const)
    .map((status) => [status, layers.filter((layer) => layer.status === status).length] as const)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status}`);
  if (counts.length > 0) return `layers: ${counts.join(', ')}`;
  return totals.every(({ before, after }) => before === after) ? 'no difference' : 'the same layers';
}

/** `float32`, or `float32 before, float16 after`. */
function precisionOf({ dtypes: { before, after } }: ModelDiff): string {
  return before === after ? after : `${before} before, ${after} after`;
}

export function diffMarkdown(diffs: readonly ModelDiff[]): string {
  return `<!-- archmeter diff -->\n${diffs
    .map((diff) => {
      const totals = totalCells(diff);
      const layers = diff.layers.map(layerCells);
      const title =
        diff.before === diff.after ? escapeName(diff.after) : `${escapeName(diff.before)} → ${escapeName(diff.after)}`;
      return [
        `## ${title}`,
        '',
        `${diffSummary(diff)}. Bytes at ${precisionOf(diff)}.`,
        ...(totals.length === 0
          ? []
          : ['', '| figure | before | after | change |', '|---|--:|--:|--:|', ...totals.map(tableRow)]),
        ...(layers.length === 0
          ? []
          : [
              '',
              `| | layer | op | output | ${DIFF_FIGURES.map((id) => METRICS[id].heading).join(' | ')} |`,
              '|:-:|---|---|---|--:|--:|--:|',
              ...layers.map(
                ([sign, name, ...rest]) =>
                  `| ${sign} | ${code(name as string)} | ${rest.map(escapeName).join(' | ')} |`,
              ),
            ]),
      ].join('\n');
    })
    .join('\n\n')}\n`;
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Differences as JSON; layers with the figures they are shown by. */
export function diffJson(diffs: readonly ModelDiff[]): string {
  const side = (layer: ComparedLayer | undefined) =>
    layer && {
      name: layer.name,
      op: layer.op,
      output: layer.output,
      ...Object.fromEntries(DIFF_FIGURES.map((id) => [id, figureOf(layer, id)])),
      ...(layer.line === undefined ? {} : { line: layer.line }),
    };
  const models = diffs.map(({ before, after, dtypes, totals, layers }) => ({
    before,
    after,
    dtypes,
    totals: Object.fromEntries(totals.map((total) => [total.metric, { before: total.before, after: total.after }])),
    layers: layers.map((layer) => ({ status: layer.status, before: side(layer.before), after: side(layer.after) })),
  }));
  return `${JSON.stringify({ schema: DIFF_SCHEMA, archmeter: ARCHMETER_VERSION, models }, null, 2)}\n`;
}
