/**
 * archmeter's analysis for browsers and Node alike: no file, process or network is touched.
 *
 * @example
 * const graph = await buildModel('vovnet39', { batch: 1 });
 * const { totals } = analyze(graph);
 */
export { type AnalyzeOptions, analyze } from './analysis/analyze.js';
export { type Explanation, explainLayer } from './analysis/explain.js';
export { groupLayers, type LayerGroup } from './analysis/group.js';
export type { AnalysisResult, AnalysisTotals, LayerAnalysis } from './analysis/result.js';
export { ArchmeterError, type ErrorLocation } from './errors.js';
export { GraphBuilder, type LayerArguments, type NodeOptions } from './graph/builder.js';
export { excludeHead } from './graph/exclude-head.js';
export { type ByteSource, type ImportOptions, importModel } from './importers/index.js';
export type { Graph, Node, Value } from './ir/graph.js';
export type { DType, Shape, TensorType } from './ir/tensor.js';
export type { Measurement } from './measurement.js';
export type { OpAttributes, OpName } from './ops/op-attributes.js';
export { type ReportInput, renderReport } from './report/index.js';
export { readSpec, type SpecOptions } from './spec/read-spec.js';
export { METRICS, type Metric, type MetricId } from './units.js';
export { ARCHMETER_VERSION } from './version.js';
export { buildBlock, buildModel, findModel, listBlocks, listModels } from './zoo/index.js';
