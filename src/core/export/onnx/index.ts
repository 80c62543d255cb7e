import { EXPORTERS } from './ops/index.js';

export { exportOnnx, type OnnxExportOptions } from './export.js';

/** Whether an op can be written to ONNX. */
export function canExport(op: string): boolean {
  return Object.hasOwn(EXPORTERS, op);
}
