/** archmeter's Node API: everything of `archmeter/core`, and files. */
export * from './core/index.js';
export { schemas } from './core/schemas/index.js';
export { type LoadModelOptions, loadModel } from './node/load-model.js';
