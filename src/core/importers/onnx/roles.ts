import { elementCount, isFloat } from '../../ir/tensor.js';
import type { NodeProto } from './protobuf/messages.js';
import { quantizationTensors } from './quantization-slots.js';
import type { StoredTensor } from './stored-tensor.js';
import type { Tensor } from './tensor.js';

/** What a stored tensor is to the model's author. */
export type Role = 'parameter' | 'buffer' | 'constant';

/** Ops in which a stored tensor of more than one element that has no weight slot is trained: biases, scales, tables. */
const TRAINED_USES: ReadonlySet<string> = new Set([
  'add',
  'sub',
  'mul',
  'div',
  'matmul',
  'einsum',
  'concat',
  'stack',
  'gather',
  'gatherNd',
  'gatherElements',
  'embedding',
  'expand',
  'tile',
  'slice',
  'split',
  'reshape',
  'transpose',
  'squeeze',
  'unsqueeze',
  'resize',
  'reduceMean',
  'reduceSum',
  'reduceL2',
  'reduceVariance',
  'exp',
  'sigmoid',
  'softmax',
  'tanh',
  'attention',
  'cast',
  'dequantize',
]);

/** Constants that torch.export lifts out of the code, and buffers known by name. */
const NOT_TRAINED =
  /lifted_tensor_\d|_tensor_constant\d|(^|[._/])(running_(mean|var)|num_batches_tracked|attn_mask|causal_mask|position_ids|inv_freq|(cos|sin)_cached|anchors?|anchor_points|strides?|relative_coords_table|relative_position_index)$/;

/** A path such as `blocks.0.gamma`: the author's name, not an exporter's. */
const MODULE_PATH = /^[A-Za-z_]\w*(\.\w+)+$/;
const TRAINED_NAME = /(^|[._/])(weight|bias|gamma|beta|alpha|scale|logit_scale|temperature|gain|skipinit_gain|kernel)$/;
const EXPORTER_NAME = /^(onnx::|val_\d|\/|_?scalar_tensor|const)/i;

/** Decides whether a stored tensor is a parameter, as its author would count it. */
export class ParameterRoles {
  private readonly buffers = new Set<string>();
  private readonly parameters = new Set<string>();
  private readonly quantization: ReadonlySet<string>;

  /** torch writes what it traced beside each node: `%p_…` is a parameter, `%b_…` a buffer, `%c_…` a constant. */
  constructor(nodes: readonly NodeProto[]) {
    this.quantization = quantizationTensors(nodes);
    for (const { metadata } of nodes) {
      const traced = metadata.find(({ key }) => key === 'pkg.torch.onnx.fx_node');
      for (const [, kind, name] of traced?.value.matchAll(/%([pbc])_(\w+)/g) ?? []) {
        (kind === 'p' ? this.parameters : this.buffers).add(name as string);
      }
    }
  }

  /** Whether a tensor's name is the author's, not the exporter's; undefined where the file has no trace of torch. */
  isAuthors(name: string): boolean | undefined {
    return this.parameters.size === 0
      ? undefined
      : this.parameters.has(name.replaceAll('.', '_')) || isAuthorsName(name);
  }

  /** Role of a tensor in a slot that is not made for a weight. */
  ofUse(tensor: Tensor, op: string, slot: number): Role {
    const stored = tensor.stored?.tensor;
    if (stored === undefined || this.quantization.has(stored.name)) return 'constant';
    const traced = stored.name.replaceAll('.', '_');
    if (this.parameters.has(traced)) return 'parameter';
    if (this.buffers.has(traced) || NOT_TRAINED.test(stored.name)) return 'buffer';
    if (!isFloat(stored.dtype) && !isFloat(tensor.dtype)) return isTable(stored, op, slot) ? 'parameter' : 'constant';
    if (elementCount(stored.shape) > 1)
      return TRAINED_USES.has(op) && stored.proto !== undefined ? 'parameter' : 'constant';
    return isAuthorsName(stored.name) ? 'parameter' : 'constant';
  }
}

function isAuthorsName(name: string): boolean {
  return MODULE_PATH.test(name) || (TRAINED_NAME.test(name) && !EXPORTER_NAME.test(name));
}

/** A quantised table of which rows are picked, or a quantised weight on its way to float. */
function isTable({ dtype, shape }: StoredTensor, op: string, slot: number): boolean {
  const narrow = /^u?int[48]$/.test(dtype);
  return narrow && shape.length > 1 && slot === 0 && (op === 'gather' || op === 'dequantize' || op === 'matmul');
}
