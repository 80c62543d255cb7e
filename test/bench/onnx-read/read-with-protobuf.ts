import { readFileSync } from 'node:fs';
import { fromBinary } from '@bufbuild/protobuf';
import { modelType } from './onnx-descriptors.js';

/** A process that reads the same file with a general reader of protobuf, and goes no further. */
const type = modelType();
const start = performance.now();
const model = fromBinary(type, readFileSync(process.argv[2] as string));
const readMs = performance.now() - start;
const { maxRSS } = process.resourceUsage();
const { graph } = model as unknown as { graph: { node: readonly unknown[] } };
console.log(JSON.stringify({ nodes: graph.node.length, readMs, peakKib: maxRSS }));
