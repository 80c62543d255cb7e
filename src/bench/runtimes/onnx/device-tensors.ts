import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { exportOnnx } from '../../../core/export/onnx/index.js';
import { GraphBuilder } from '../../../core/graph/builder.js';
import type { Shape } from '../../../core/ir/tensor.js';
import type { OnnxBackend } from './executable.js';

type Location = 'cpu' | 'gpu-buffer';
type Float = 'float32' | 'float16';

/**
 * Tensors that stay on a WebGPU device between runs (onnxruntime's I/O binding). Its JavaScript API neither uploads nor
 * downloads such a tensor by itself (`getData` ends the process in 1.30), so models that copy their input do.
 */
export class DeviceTensors {
  private readonly movers = new Map<string, Promise<InferenceSession>>();

  constructor(private readonly backend: OnnxBackend) {}

  upload(tensor: Tensor): Promise<Tensor> {
    return this.move(tensor, 'gpu-buffer');
  }

  download(tensor: Tensor): Promise<Tensor> {
    return this.move(tensor, 'cpu');
  }

  /** Waits until the device has done all that was submitted: its queue keeps the order, and this comes last. */
  async wait(): Promise<void> {
    await this.download(new this.backend.ort.Tensor('float32', Float32Array.of(0), [1]));
  }

  async dispose(): Promise<void> {
    for (const mover of this.movers.values()) await (await mover).release();
    this.movers.clear();
  }

  private async move(tensor: Tensor, to: Location): Promise<Tensor> {
    const key = `${tensor.type} ${tensor.dims.join('x')} ${to}`;
    const known = this.movers.get(key) ?? this.mover(tensor.type as Float, tensor.dims, to);
    this.movers.set(key, known);
    const mover = await known;
    const moved = await mover.run({ [mover.inputNames[0] as string]: tensor });
    return moved[mover.outputNames[0] as string] as Tensor;
  }

  private mover(dtype: Float, shape: Shape, to: Location): Promise<InferenceSession> {
    const { ort, options } = this.backend;
    const builder = new GraphBuilder('archmeter-copy', dtype);
    const model = exportOnnx(builder.finish([builder.add('identity', [builder.input('x', shape)])]), { dtype });
    return ort.InferenceSession.create(model, { ...options, preferredOutputLocation: to });
  }
}
