import { analyze } from '../../../src/core/analysis/analyze.js';
import { ArchmeterError } from '../../../src/core/errors.js';
import { callOf } from '../../../src/core/traces/pytorch/call.js';
import { CallLowering } from '../../../src/core/traces/pytorch/lower-call.js';

/** An operator of a trace with the FLOPs that TraceLens counts, and ours. */
export interface CountedOperator {
  readonly name: string;
  readonly dims: string;
  readonly theirs: number;
  readonly flops: number;
  readonly madds: number;
  /** Elements of the first output; of the first input where it became no op. */
  readonly outputs: number;
  /** Elements of the first input. */
  readonly inputs: number;
  /** Last axis of the output. */
  readonly features: number;
  /** Of a normalization: groups or channels with a scale, or the axes of the scale. */
  readonly scales: number;
  readonly causal: boolean;
}

/**
 * The rows of a `unified_perf_summary.csv` that have FLOPs.
 *
 * @param onUnknown takes the names of operators that archmeter does not know; without it they throw
 */
export function countedOperators(csv: string, onUnknown?: (name: string) => void): CountedOperator[] {
  const [heading = [], ...rows] = parseCsv(csv);
  return rows.flatMap((row): CountedOperator[] => {
    const cell = (name: string) => row[heading.indexOf(name)] ?? '';
    if (cell('GFLOPS') === '') return [];
    const fields = ['Input Dims', 'Input type', 'Input Strides', 'Concrete Inputs'].map((name) =>
      fromPython(cell(name)),
    );
    const lowering = new CallLowering('x');
    try {
      lowering.lower(callOf(cell('name'), JSON.stringify(fields)), '', 'y');
    } catch (error) {
      if (onUnknown === undefined || !(error instanceof ArchmeterError)) throw error;
      onUnknown(cell('name'));
      return [];
    }
    const graph = lowering.builder.finish([]);
    const { flops, madds } = analyze(graph).totals;
    const output = graph.values[graph.nodes[0]?.outputs[0] ?? -1];
    return [
      {
        name: cell('name'),
        dims: cell('Input Dims'),
        theirs: Math.round(Number(cell('GFLOPS')) * 1e9),
        flops,
        madds,
        outputs: elements(output?.shape ?? (fields[0] as number[][])[0]),
        inputs: elements((fields[0] as number[][])[0]),
        features: output?.shape.at(-1) ?? 1,
        scales: scalesOf(cell('name'), fields[0] as number[][]),
        causal: graph.nodes[0]?.attributes['causal'] === true,
      },
    ];
  });
}

const elements = (shape: readonly number[] = []) => shape.reduce((product, size) => product * size, 1);

/** Of channels second; of the last axes where the scale tells them. */
function scalesOf(name: string, dims: readonly (readonly number[])[]): number {
  const [input = [], ...others] = dims;
  if (!name.endsWith('layer_norm')) return input[1] ?? 1;
  const scale = others.find((shape) => shape.length > 0);
  return scale === undefined ? (input.at(-1) ?? 1) : elements(scale);
}

/** Where TraceLens counts otherwise than archmeter: why, and what it must then come to. */
export const DIFFERENCES: readonly {
  readonly name: RegExp;
  readonly cause: string;
  readonly theirs: (operator: CountedOperator) => number;
}[] = [
  {
    name: /^aten::convolution$/,
    cause: 'TraceLens leaves the bias of a convolution out (that of addmm it counts)',
    theirs: ({ flops, outputs }) => flops - outputs,
  },
  {
    name: /^aten::_scaled_dot_product/,
    cause: 'TraceLens counts the two products of attention alone, no softmax, and of a causal mask half of them',
    theirs: ({ madds, causal }) => (causal ? madds : 2 * madds),
  },
  {
    name: /^aten::layer_norm$/,
    cause: 'TraceLens counts 5 operations an element and 6 a feature; archmeter 7 an element and 2 a row',
    theirs: ({ outputs, scales }) => 5 * outputs + 6 * scales,
  },
  {
    name: /^aten::(batch|group|instance)_norm$/,
    cause: 'TraceLens counts 5 operations an element and 6 a channel; archmeter what each layer needs',
    theirs: ({ outputs, scales }) => 5 * outputs + 6 * scales,
  },
  {
    name: /^aten::(sigmoid|linalg_norm|clamp_min_?|pow|sum|max|cumsum)$/,
    cause: 'TraceLens counts 1 operation an element of the input; archmeter those of the formula',
    theirs: ({ inputs }) => inputs,
  },
  {
    name: /^aten::(upsample_nearest1d|replication_pad3d)$/,
    cause: 'TraceLens counts 1 operation an element of the output; archmeter none: nothing is computed',
    theirs: ({ outputs }) => outputs,
  },
  {
    name: /^aten::copy_$/,
    cause: 'TraceLens counts a copy as 1 operation an element; archmeter as none',
    theirs: ({ outputs }) => outputs,
  },
  {
    name: /^aten::silu$/,
    cause: 'TraceLens counts 1 operation an element; archmeter those of x·sigmoid(x): 5',
    theirs: ({ flops }) => flops / 5,
  },
];

function fromPython(text: string): unknown {
  return JSON.parse(text.replaceAll('(', '[').replace(/,?\)/g, ']').replaceAll("'", '"'));
}

function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end !== ',') rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}
