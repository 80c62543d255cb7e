import type { AnalysisResult } from '../../core/analysis/result.js';

/** What figures stand for: `1x3x224x224 · float32 · eager execution`. */
export function setupOf({ model, options }: AnalysisResult): string {
  const shapes = model.inputs.map(({ shape }) => shape.join('x') || 'scalar').join(', ');
  const head = options.excludeHead ? ' · head excluded' : '';
  return `${shapes} · ${options.dtype} · ${options.execution} execution${head}`;
}

/** The set-up of several models: one line where it is the same, else one a model. */
export function setupLines(results: readonly AnalysisResult[]): string {
  const setups = results.map(setupOf);
  const [first = ''] = setups;
  if (setups.every((setup) => setup === first)) return first;
  return results.map(({ model }, i) => `${model.name}: ${setups[i]}`).join('\n');
}
