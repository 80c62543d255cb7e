export { annotations } from './annotations.js';
export { COMMENT_MARKER, comment } from './comment.js';
export { bySeverity, change, figure, isRegression, layerChange, metricHeading } from './describe.js';
export { junit } from './junit.js';
export { sarif } from './sarif.js';
