import type { Tensor } from '@tensorflow/tfjs-core';
import { ArchmeterError } from '../../core/errors.js';
import { canExport } from '../../core/export/onnx/index.js';
import { consumersOf, type Graph, type Node, type Value } from '../../core/ir/graph.js';
import type { TensorType } from '../../core/ir/tensor.js';
import { slotOf } from '../../core/ops/execution.js';
import { opOf } from '../../core/ops/index.js';
import type { OpName } from '../../core/ops/op-attributes.js';
import { randomWeights, type Weights } from '../weights.js';
import { type Call, channelsFirstOrder, channelsLastOrder, type Form, type Lowering, reorder } from './call.js';
import { type Folded, foldBatchNorm, foldings } from './folding.js';
import { LOWERINGS } from './ops/index.js';
import type { Port, Program, Register, Step, Tfjs } from './program.js';
import { tfjsType } from './types.js';

/**
 * Lowers a graph to tfjs ops, with the weights that `seed` gives. Images lie channels last, the only layout of tfjs's
 * own kernels; batch norm is folded into the convolution before it, and relu run inside it, as deployed runtimes do.
 *
 * @throws ArchmeterError on an op that tfjs has no equal for
 */
export function lower(tf: Tfjs, graph: Graph, seed: number): Program {
  const lowerer = new Lowerer(tf, graph, seed);
  try {
    return lowerer.program();
  } catch (error) {
    lowerer.dispose();
    throw error;
  }
}

class Lowerer {
  private readonly steps: Step[] = [];
  private readonly resident = new Map<Register, Tensor>();
  private readonly forms: Partial<Record<Form, Register>>[];
  private readonly weights: Weights;
  private readonly consumers: number[][];
  private registers = 0;

  constructor(
    private readonly tf: Tfjs,
    private readonly graph: Graph,
    seed: number,
  ) {
    this.forms = graph.values.map(() => ({}));
    this.weights = randomWeights(graph, seed);
    this.consumers = consumersOf(graph);
  }

  program(): Program {
    const { graph } = this;
    const inputs = graph.inputs.map((id) => this.inputPort(this.value(id)));
    const folds = foldings(graph);
    const inside = new Set<Node>();
    for (const folded of folds.values()) for (const node of folded.nodes.slice(1)) inside.add(node);
    for (const node of graph.nodes) {
      if (inside.has(node)) continue;
      const lowering = LOWERINGS[node.op as OpName] as Lowering | undefined;
      if (lowering === undefined) {
        throw new ArchmeterError(`op '${node.op}' cannot run on TensorFlow.js`, wayOut(node.op), { layer: node.name });
      }
      try {
        lowering(this.call(node, folds.get(node)));
      } catch (error) {
        throw error instanceof ArchmeterError ? error.at({ layer: node.name }) : error;
      }
    }
    const outputs = graph.outputs.map((id) => this.outputPort(this.value(id)));
    return { registers: this.registers, steps: this.steps, resident: this.resident, inputs, outputs };
  }

  dispose(): void {
    for (const tensor of this.resident.values()) tensor.dispose();
  }

  private value(id: number): Value {
    return this.graph.values[id] as Value;
  }

  private newRegister(): Register {
    return this.registers++;
  }

  private isStored(id: number): boolean {
    return !['input', 'activation'].includes(this.value(id).kind);
  }

  /** An image that a convolution or pooling will want channels last is uploaded that way. */
  private inputPort(value: Value): Port {
    const register = this.newRegister();
    const rank = value.shape.length;
    const image = rank > 2 && this.leadsToImageOp(value.id, new Set());
    this.setForm(value.id, image ? 'channelsLast' : 'logical', register);
    return {
      register,
      shape: value.shape,
      dtype: tfjsType(value.dtype),
      permutation: image ? channelsLastOrder(rank) : undefined,
    };
  }

  /** Whether an image op reads the value, directly or through ops that keep its form. */
  private leadsToImageOp(id: number, seen: Set<number>): boolean {
    seen.add(id);
    return (this.consumers[id] as number[]).some((index) => {
      const { op, attributes, inputs, outputs } = this.graph.nodes[index] as Node;
      const definition = opOf(op);
      // What has a layout works on images.
      if (attributes.layout !== undefined) return attributes.layout !== 'channelsLast' && inputs[0] === id;
      if (!slotOf(definition, 'joins') && !FORM_KEEPING.has(definition.kind)) return false;
      const rank = this.value(id).shape.length;
      return outputs.some((o) => this.value(o).shape.length === rank && !seen.has(o) && this.leadsToImageOp(o, seen));
    });
  }

  private outputPort(value: Value): Port {
    const { channelsLast, logical } = this.forms[value.id] as Partial<Record<Form, Register>>;
    const last = logical === undefined && channelsLast !== undefined;
    return {
      register: last ? channelsLast : this.inputIn(value.id, 'logical'),
      shape: value.shape,
      dtype: tfjsType(value.dtype),
      permutation: last ? channelsLastOrder(value.shape.length) : undefined,
    };
  }

  private setForm(id: number, form: Form, register: Register): void {
    (this.forms[id] as Partial<Record<Form, Register>>)[form] = register;
  }

  private tensorOf(id: number): Tensor {
    const { shape, dtype } = this.value(id);
    return this.tf.tensor(this.weights(id), [...shape], tfjsType(dtype));
  }

  private makeResident(make: () => Tensor): Register {
    const register = this.newRegister();
    this.resident.set(register, this.tf.tidy(make));
    return register;
  }

  private inputIn(id: number, form: Form, reader?: Node): Register {
    const forms = this.forms[id] as Partial<Record<Form, Register>>;
    const known = forms[form];
    if (known !== undefined) return known;
    const rank = this.value(id).shape.length;
    const order = form === 'channelsLast' ? channelsLastOrder(rank) : channelsFirstOrder(rank);
    let register: Register;
    if (this.isStored(id)) {
      register = this.makeResident(() => {
        const raw = this.tensorOf(id);
        return form === 'logical' ? raw : reorder(this.tf, raw, order);
      });
    } else {
      const from = (form === 'channelsLast' ? forms.logical : forms.channelsLast) as Register;
      register = this.newRegister();
      const run = ([x]: readonly Tensor[]) => [reorder(this.tf, x as Tensor, order)];
      this.steps.push({ name: reader?.name ?? this.value(id).name, inputs: [from], outputs: [register], run });
    }
    forms[form] = register;
    return register;
  }

  private call(node: Node, folded: Folded | undefined): Call {
    const { tf, graph } = this;
    const id = (slot: number) => node.inputs[slot] ?? -1;
    const outputs = (folded?.last ?? node).outputs;
    const replaced = folded?.batchNorm && foldBatchNorm(node, folded.batchNorm, this.weights);
    const contents = (slot: number) => {
      if (replaced && slot === 1) return replaced.weight;
      if (replaced && slot === 2) return replaced.bias;
      return this.weights(id(slot));
    };
    return {
      tf,
      node,
      attributes: node.attributes as Call['attributes'],
      folded,
      has: (slot) => id(slot) >= 0 || (slot === 2 && replaced !== undefined),
      type: (slot) => graph.values[id(slot)] as TensorType,
      outputType: (index = 0) => graph.values[node.outputs[index] as number] as TensorType,
      isChannelsLast: (slot) => {
        const forms = this.forms[id(slot)];
        return forms?.channelsLast !== undefined && !this.isStored(id(slot));
      },
      isStored: (slot) => (replaced !== undefined && slot === 2) || this.isStored(id(slot)),
      contents,
      input: (slot, form) => this.inputIn(id(slot), form, node),
      prepared: (slot, transform) => {
        if ((replaced && slot === 2) || this.isStored(id(slot))) {
          return this.makeResident(() => {
            const data = contents(slot);
            const shape = slot === 2 && replaced ? [data.length] : this.value(id(slot)).shape;
            const dtype = slot === 2 && replaced ? 'float32' : tfjsType(this.value(id(slot)).dtype);
            return transform(tf.tensor(data, [...shape], dtype));
          });
        }
        const register = this.newRegister();
        const run = ([x]: readonly Tensor[]) => [transform(x as Tensor)];
        this.steps.push({
          name: node.name,
          inputs: [this.inputIn(id(slot), 'logical', node)],
          outputs: [register],
          run,
        });
        return register;
      },
      resident: (make) => this.makeResident(make),
      emit: (inputs, run, form = 'logical') => {
        const registers = outputs.map((output) => {
          const register = this.newRegister();
          this.setForm(output, form, register);
          return register;
        });
        this.steps.push({
          name: node.name,
          inputs,
          outputs: registers,
          run: (tensors) => {
            const result = run(tensors);
            return Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor];
          },
        });
      },
      alias: (register, form) => this.setForm(outputs[0] as number, form, register),
      refuse: (reason) => {
        throw new ArchmeterError(`${node.op} cannot run on TensorFlow.js: ${reason}`, wayOut(node.op));
      },
    };
  }
}

/** ONNX Runtime takes what can be written to ONNX. */
function wayOut(op: string): string {
  return canExport(op)
    ? 'Try the onnxruntime runtime, or leave the op out of the timed graph.'
    : 'Leave the op out of the timed graph: it cannot be written to ONNX for ONNX Runtime either.';
}

const FORM_KEEPING = new Set(['activation', 'elementwise']);
