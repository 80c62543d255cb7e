/** Weights and inputs that every runtime and the reference draw from one seed. */
export { randomInputs, randomWeights, type Weights } from '../core/export/weights/index.js';
