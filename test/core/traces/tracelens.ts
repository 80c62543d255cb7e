import { analyze } from '../../../src/core/analysis/analyze.js';
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
  /** Last axis of it. */
  readonly features: number;
  readonly causal: boolean;
}

/** The rows of a `unified_perf_summary.csv` that have FLOPs. */
export function countedOperators(csv: string): CountedOperator[] {
  const [heading = [], ...rows] = parseCsv(csv);
  return rows.flatMap((row): CountedOperator[] => {
    const cell = (name: string) => row[heading.indexOf(name)] ?? '';
    if (cell('GFLOPS') === '') return [];
    const fields = ['Input Dims', 'Input type', 'Input Strides', 'Concrete Inputs'].map((name) =>
      fromPython(cell(name)),
    );
    const lowering = new CallLowering('x');
    lowering.lower(callOf(cell('name'), JSON.stringify(fields)), '', 'y');
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
        outputs: (output?.shape ?? (fields[0] as number[][])[0] ?? []).reduce((product, size) => product * size, 1),
        features: output?.shape.at(-1) ?? 1,
        causal: graph.nodes[0]?.attributes['causal'] === true,
      },
    ];
  });
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
    theirs: ({ outputs, features }) => 5 * outputs + 6 * features,
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
