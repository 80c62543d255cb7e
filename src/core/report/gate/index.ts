export { annotationOfError, annotations } from './annotations.js';
export { COMMENT_MARKER, comment } from './comment.js';
export {
  bySeverity,
  change,
  figure,
  isRegression,
  isTold,
  layerChange,
  metricHeading,
  notCompared,
} from './describe.js';
export { DIFF_FIGURES, diffJson, diffMarkdown, diffSummary, layerCells, totalCells } from './diff.js';
export { GATE_SCHEMA, gateJson } from './json.js';
export { junit } from './junit.js';
export { sarif } from './sarif.js';
