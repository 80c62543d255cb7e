export { type BlockStep, buildBlock, buildBlocks, findBlock, listBlocks } from './build-block.js';
export { type BuildModelOptions, buildModel } from './build-model.js';
export { findModel, listModels, modelNames, suggestModel, type ZooEntry } from './catalog.js';
export type { AnyBlock, BlockDefinition, Paper } from './define-block.js';
export type { AnyFamily, FamilyDefinition, Published } from './define-family.js';
export { type BlockMatch, matchBlock } from './match.js';
export { MATCHED_BLOCKS, type MatchedArm, type MatchedGroup } from './matched-blocks.js';
export { checkOptions, type OptionsSchema } from './options.js';
