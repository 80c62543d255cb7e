import onnx from '../../../src/core/importers/onnx/index.js';
import { ProtobufReader } from '../../../src/core/importers/onnx/protobuf/decode.js';
import { MODEL } from '../../../src/core/importers/onnx/protobuf/messages.js';
import { withModelFile } from '../../../src/node/byte-source.js';

/** A process that reads a model, as `messages` or to the `graph` with all shapes, and says what it needed. */
const [, , path, goal] = process.argv as [string, string, string, string];
const start = performance.now();
const nodes = await withModelFile(path, async (source) => {
  if (goal === 'graph') return (await onnx.read(source, {})).nodes.length;
  return (await new ProtobufReader(source).file(MODEL)).graph?.nodes.length;
});
const readMs = performance.now() - start;
const { maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ nodes, readMs, peakKib: maxRSS }));
