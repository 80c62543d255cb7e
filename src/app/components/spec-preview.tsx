import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { AnalysisResult } from '../../core/analysis/result.js';
import { blockGraph } from '../../core/report/diagram/boxes.js';
import { BOX_WIDTH } from '../../core/report/diagram/layout.js';
import { defaultScope, drawableScopes } from '../../core/report/diagram/scopes.js';
import { drawBlock } from '../../core/report/diagram/svg.js';
import { formatChange, formatExact, formatFigure } from '../../core/report/number-format.js';
import type { Unit } from '../../core/units.js';

/** Pixels of the widest line of the drawing. */
const WIDEST = 13;

const FIGURES: readonly (readonly [string, Unit, (analysis: AnalysisResult) => number])[] = [
  ['Layers', 'count', ({ layers }) => layers.length],
  ['Params', 'count', ({ totals }) => totals.params],
  ['MAdds', 'ops', ({ totals }) => totals.madds],
  ['Memory access', 'elements', ({ totals }) => totals.memoryAccessCost],
  ['Bytes moved', 'bytes', ({ totals }) => totals.readBytes + totals.writeBytes],
  ['Peak activations', 'bytes', ({ totals }) => totals.peakActivationBytes],
];

interface SpecPreviewProps {
  readonly analysis: AnalysisResult | undefined;
  /** Whether the text has a fault now, so that these are figures of an earlier one. */
  readonly isStale: boolean;
}

/** Figures of a spec, what its changes did to them, and its structure. */
export function SpecPreview({ analysis, isStale }: SpecPreviewProps) {
  const first = useRef<AnalysisResult | undefined>(undefined);
  first.current ??= analysis;
  if (analysis === undefined) {
    return <p class="spec-preview muted">{isStale ? 'Its figures come when it can be read.' : 'Counting …'}</p>;
  }
  return (
    <div class={isStale ? 'spec-preview stale' : 'spec-preview'}>
      <dl class="spec-figures" aria-label={isStale ? 'Figures of the last text without fault' : 'Figures'}>
        {FIGURES.map(([title, unit, of]) => (
          <Figure
            key={title}
            title={title}
            unit={unit}
            value={of(analysis)}
            before={of(first.current as AnalysisResult)}
          />
        ))}
      </dl>
      {isStale ? <p class="caption">Figures and picture are those of the last text without fault.</p> : null}
      <Structure analysis={analysis} />
    </div>
  );
}

interface FigureProps {
  readonly title: string;
  readonly unit: Unit;
  readonly value: number;
  readonly before: number;
}

function Figure({ title, unit, value, before }: FigureProps) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        <span title={formatExact(value)}>{formatFigure(value, unit)}</span>
        {value === before || before === 0 ? null : (
          <small title={`when it was opened: ${formatExact(before)}`}>{formatChange(value / before)}</small>
        )}
      </dd>
    </div>
  );
}

function Structure({ analysis }: { readonly analysis: AnalysisResult }) {
  const place = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const scopes = useMemo(() => drawableScopes(analysis), [analysis]);
  const scope = scopes.find(({ path }) => path === chosen) ?? defaultScope(analysis, scopes);

  useEffect(() => {
    if (place.current === null || scope === undefined) return;
    const graph = blockGraph(analysis, scope.layers);
    const largest = Math.max(1, ...graph.edges.map(({ bytes }) => bytes));
    // The markup is made by the `html` template, which escapes every name.
    place.current.innerHTML = drawBlock(graph, {
      pixelsPerByte: WIDEST / largest,
      reach: Math.min(250, Math.max(70, place.current.clientWidth - BOX_WIDTH - 90)),
      label: `Diagram of ${scope.path || analysis.model.name}`,
      modelClass: 'm0 s0',
    }).text;
  }, [analysis, scope]);

  if (scope === undefined) return <p class="muted">No module of it is small enough to draw.</p>;
  return (
    <>
      {scopes.length < 2 ? null : (
        <label class="spec-scope">
          Drawn{' '}
          <select value={scope.path} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
            {scopes.map(({ path }) => (
              <option key={path} value={path}>
                {path === '' ? 'whole model' : path}
              </option>
            ))}
          </select>
        </label>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex lint/a11y/useSemanticElements: what scrolls can be reached with the keyboard */}
      <div class="scroll" ref={place} tabIndex={0} role="region" aria-label="Structure of the spec" />
    </>
  );
}
