import type { AnalysisResult, LayerAnalysis } from '../../analysis/result.js';
import { byteCount, elementCount, type Shape } from '../../ir/tensor.js';
import { CONTRACTION_KINDS } from '../../ops/define-op.js';
import { OPS } from '../../ops/index.js';

/** One kernel: the fused layers that run as one. */
export interface DiagramStep {
  readonly title: string;
  /** Layers fused behind the first, in short. */
  readonly detail: string;
  /** Layer that a click selects. */
  readonly layer: string;
  /** Bytes the kernel reads and writes. */
  readonly bytes: number;
}

/** A chain of kernels with one way through, or a tensor that comes from outside. */
export interface DiagramBox {
  readonly kind: 'input' | 'concat' | 'kernels';
  readonly steps: readonly DiagramStep[];
}

/** A tensor read by a box. */
export interface DiagramEdge {
  /** Indices of boxes; `from` is always before `to`. */
  readonly from: number;
  readonly to: number;
  readonly channels: number;
  readonly bytes: number;
}

export interface BlockGraph {
  readonly boxes: readonly DiagramBox[];
  readonly edges: readonly DiagramEdge[];
}

/** Kernels in one box before it is split. */
const CHAIN = 6;

interface Kernel {
  readonly layers: LayerAnalysis[];
  readonly reads: Map<number | string, Shape>;
}

/**
 * The boxes and tensors of one module, from the layers alone: fused kernels are joined, views are looked through, and
 * kernels in single file stand in one box.
 *
 * @param layers of the module, in execution order
 */
export function blockGraph(analysis: AnalysisResult, layers: readonly LayerAnalysis[]): BlockGraph {
  const kernels = kernelsOf(layers);
  const channelsLast = isChannelsLast(layers);
  const chains = chainsOf(kernels);
  const outside = [
    ...new Set(
      [...kernels.values()].flatMap(({ reads }) => [...reads.keys()].filter((key) => typeof key === 'string')),
    ),
  ];

  const boxes: DiagramBox[] = outside.map((name) => ({
    kind: 'input',
    steps: [{ title: name, detail: '', layer: '', bytes: 0 }],
  }));
  const boxOf = new Map<number | string, number>(outside.map((name, i) => [name, i]));
  for (const chain of chains) {
    for (const id of chain) boxOf.set(id, boxes.length);
    const members = chain.map((id) => kernels.get(id) as Kernel);
    const concatenates = members.some(({ layers }) => layers.some(({ op }) => OPS.get(op)?.joins === true));
    boxes.push({
      kind: concatenates ? 'concat' : 'kernels',
      steps: members.map((kernel) => stepOf(kernel, channelsLast)),
    });
  }
  const edges = chains.flatMap((chain) => {
    const [first] = chain as [number, ...number[]];
    const to = boxOf.get(first) as number;
    return [...(kernels.get(first) as Kernel).reads].map(([source, shape]) => ({
      from: boxOf.get(source) as number,
      to,
      channels: channelsOf(shape, channelsLast),
      bytes: byteCount(elementCount(shape), analysis.options.dtype),
    }));
  });
  return { boxes, edges: edges.sort((a, b) => a.from - b.from || a.to - b.to) };
}

/** By kernel id, in execution order. A key of `reads` is a kernel id, or the name of a tensor from outside. */
function kernelsOf(layers: readonly LayerAnalysis[]): Map<number, Kernel> {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const kernels = new Map<number, Kernel>();
  for (const layer of layers) {
    if (isView(layer)) continue;
    const kernel: Kernel = kernels.get(layer.kernel) ?? { layers: [], reads: new Map() };
    kernels.set(layer.kernel, kernel);
    kernel.layers.push(layer);
    layer.inputLayers.forEach((name, i) => {
      const source = sourceOf(name, byName);
      if (source !== layer.kernel) kernel.reads.set(source, layer.inputShapes[i] as Shape);
    });
  }
  return kernels;
}

/**
 * The kernel that computed a tensor, looking through views; its name where that lies outside, that of the view where it
 * reads weights alone. An input of the model may have the name of a view that reads it.
 */
function sourceOf(name: string, byName: ReadonlyMap<string, LayerAnalysis>): number | string {
  let last = name;
  const seen = new Set<LayerAnalysis>();
  for (;;) {
    const layer = byName.get(last);
    if (layer === undefined || seen.has(layer)) return last;
    seen.add(layer);
    if (!isView(layer)) return layer.kernel;
    const [input] = layer.inputLayers;
    if (input === undefined) return last;
    last = input;
  }
}

const isView = ({ kind, kernel }: LayerAnalysis) => kind === 'view' || kernel < 0;

/** Kernels where each reads nothing but the one before, and nobody else reads that. */
function chainsOf(kernels: ReadonlyMap<number, Kernel>): number[][] {
  const readers = new Map<number | string, number>();
  for (const { reads } of kernels.values())
    for (const source of reads.keys()) readers.set(source, (readers.get(source) ?? 0) + 1);
  const chains: number[][] = [];
  const chainOf = new Map<number, number[]>();
  for (const [id, { reads }] of kernels) {
    const [source] = reads.keys();
    const before = typeof source === 'number' ? chainOf.get(source) : undefined;
    const follows =
      reads.size === 1 &&
      before !== undefined &&
      before.at(-1) === source &&
      readers.get(source as number) === 1 &&
      before.length < CHAIN;
    const chain = follows ? before : [];
    if (!follows) chains.push(chain);
    chain.push(id);
    chainOf.set(id, chain);
  }
  return chains;
}

function stepOf({ layers }: Kernel, channelsLast: boolean): DiagramStep {
  const main = layers.find(({ kind }) => CONTRACTION_KINDS.has(kind)) ?? (layers[0] as LayerAnalysis);
  const others = layers.filter((layer) => layer !== main).map(({ op }) => OPS.get(op)?.shortName ?? op);
  return {
    title: titleOf(main, channelsLast),
    detail: others.length > 3 ? `${others.slice(0, 3).join(' · ')} …` : others.join(' · '),
    layer: main.name,
    bytes: layers.reduce((sum, { fusedReadBytes, fusedWriteBytes }) => sum + fusedReadBytes + fusedWriteBytes, 0),
  };
}

/** `3×3 conv 256→128`, `3×3 depthwise 64`, `concat 896`. */
function titleOf({ op, kind, weightShapes, groups, outputShapes }: LayerAnalysis, channelsLast: boolean): string {
  const [output] = outputShapes;
  const channels = output === undefined ? 0 : channelsOf(output, channelsLast);
  const weight = weightShapes[0];
  if (kind === 'convolution' && weight !== undefined) {
    const [out = 0, perGroup = 0, ...window] = weight;
    const size = window.join('×');
    if (groups > 1 && perGroup === 1 && out === groups) return `${size} depthwise ${out}`;
    return `${size} ${op}${groups > 1 ? ` g${groups}` : ''} ${perGroup * groups}→${out}`;
  }
  if (kind === 'linear' && weight !== undefined) return `${op} ${weight[1] ?? 0}→${weight[0] ?? 0}`;
  return `${op} ${channels}`;
}

function channelsOf(shape: Shape, channelsLast: boolean): number {
  if (shape.length === 0) return 1;
  return (shape.length >= 4 && !channelsLast ? shape[1] : shape.at(-1)) ?? 1;
}

/** Judged by the convolutions: where their output channels stand. */
function isChannelsLast(layers: readonly LayerAnalysis[]): boolean {
  let votes = 0;
  for (const { kind, weightShapes, outputShapes } of layers) {
    const [output] = outputShapes;
    const out = weightShapes[0]?.[0];
    if (kind !== 'convolution' || output === undefined || output.length < 4 || out === undefined) continue;
    votes += Number(output.at(-1) === out) - Number(output[1] === out);
  }
  return votes > 0;
}
