import type { OpName } from '../../../ops/op-attributes.js';
import type { Lowering } from '../../tensorflow/call.js';
import { Tensor } from '../../tensorflow/tensor.js';

/** A weight that is stored narrow or sparse and widened when the model is loaded: no layer of its own. */
const widened =
  (op: OpName): Lowering =>
  (call) =>
    call.x.isStored ? call.x : call.add(op, [call.x]);

const quantize: Lowering = (call) => {
  const [stated] = call.node.stated;
  return call.x.isStored ? call.x : call.add('quantize', [call.x], stated === undefined ? {} : { to: stated.dtype });
};

/** Variables live outside the graph: weights that it only reads, or state that it writes too. */
export class Variables {
  private readonly read = new Map<string, Tensor>();

  constructor(private readonly areWritten: boolean) {}

  readonly ops: Readonly<Record<string, Lowering>> = {
    VAR_HANDLE: (call) => {
      const name = call.attributes.text('shared_name', call.node.name);
      return Tensor.known(call.builder, name, [], 'int32', [0]);
    },
    READ_VARIABLE: (call) => {
      const { name } = call.x;
      const [first] = call.node.stated;
      const stated = first && call.closed(first);
      if (stated === undefined) return call.fail(`the type of the variable '${name}' is not known`);
      const known = this.read.get(name);
      if (known !== undefined) return known;
      const tensor = Tensor.stored(call.builder, name, stated.shape, stated.dtype);
      if (this.areWritten) tensor.value('buffer');
      this.read.set(name, tensor);
      return tensor;
    },
    ASSIGN_VARIABLE: () => [],
    CALL_ONCE: () => [],
  };
}

/** A part of a tensor replaced, as a cache of keys and values is: the rest of it and the update make the result. */
const dynamicUpdateSlice: Lowering = (call) => {
  const update = call.input(1);
  const [axis, ...more] = call.x.shape.map((_, i) => i).filter((i) => call.x.shape[i] !== update.shape[i]);
  if (update.rank !== call.x.rank || more.length > 0) return call.opaque('several axes are updated in part');
  if (axis === undefined) return call.add('identity', [update]);
  const kept = (call.x.shape[axis] as number) - (update.shape[axis] as number);
  const rest = call.add('slice', [call.x], { starts: [0], ends: [kept], axes: [axis] }, 'kept');
  return call.add('concat', [rest, update], { axis });
};

export const storageOps: Readonly<Record<string, Lowering>> = {
  DYNAMIC_UPDATE_SLICE: dynamicUpdateSlice,
  DEQUANTIZE: widened('dequantize'),
  DENSIFY: widened('identity'),
  QUANTIZE: quantize,
  /** Indices, then the table. */
  EMBEDDING_LOOKUP: (call) => {
    const table = call.input(1);
    const [count = 1, ...rest] = table.shape;
    const features = rest.reduce((all, size) => all * size, 1);
    const rows = call.add('embedding', [call.x, table.value('parameter', [count, features])], {
      count,
      features,
    });
    return rest.length === 1 ? rows : call.add('reshape', [rows], { shape: [...call.x.shape, ...rest] }, 'reshape');
  },
};
