/** A line made wrong, and the tests that must notice. `find` stands once in the file. */
export interface Mutant {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Folders or files of tests. */
  readonly tests: readonly string[];
}

const analysis = (file: string, find: string, replace: string): Mutant => ({
  file: `src/core/analysis/${file}`,
  find,
  replace,
  tests: ['test/core/analysis/kernels.test.ts', 'test/core/analysis/analyze.test.ts'],
});
const ops = (file: string, find: string, replace: string): Mutant => ({
  file: `src/core/ops/${file}`,
  find,
  replace,
  tests: ['test/core/ops/'],
});
const importers = (file: string, find: string, replace: string, tests: readonly string[] = []): Mutant => ({
  file: `src/core/importers/${file}`,
  find,
  replace,
  tests: [`test/core/importers/${file.split('/')[0]}/`, ...tests],
});

export const MUTANTS: readonly Mutant[] = [
  // Liveness and traffic.
  analysis('liveness.ts', '(lastUse[root] as number) < at', 'false'),
  analysis('liveness.ts', 'lastUse[roots[output] as number] = nodes.length;', ''),
  analysis('liveness.ts', 'change[last + 1] = (change[last + 1]', 'change[last] = (change[last]'),
  analysis('traffic.ts', 'if (id < 0 || inputs.indexOf(id) !== slot) continue;', 'if (id < 0) continue;'),
  analysis('traffic.ts', "if (op.kind === 'view') return NOTHING;", ''),
  analysis('traffic.ts', ' || this.index.outputs[value] === 1) return true;', ') return true;'),
  analysis('traffic.ts', 'if (kernels[reader] === kernel) return reader === at;', ''),
  analysis('traffic.ts', 'if (producer >= 0 && kernels[producer] === kernel) return false;', ''),
  // Fusion.
  analysis('fuse.ts', 'elements[between] === elements[node.outputs[0] as number] &&', ''),
  analysis('fuse.ts', 'if (outputs[value] === 1) return false;', ''),
  analysis('fuse.ts', 'return met === readers.length;', 'return true;'),
  // Convolutions.
  ops('convolution/convolution-cost.ts', 'square && taps <= 9', 'square && taps <= 25'),
  ops('convolution/convolution-cost.ts', "if (weight[1] !== 1) return 'groupedConv';", ''),
  ops('convolution/convolution-cost.ts', 'width: a.outChannels / groups,', 'width: a.outChannels,'),
  // Numbers of files.
  {
    file: 'src/core/evaluate/rounded.ts',
    find: "if (dtype === 'bool') return value === 0 ? 0 : 1;",
    replace: '',
    tests: ['test/core/evaluate/', 'test/core/importers/onnx/'],
  },
  {
    file: 'src/core/evaluate/rounded.ts',
    find: 'Math.trunc(value) + 0',
    replace: 'Math.round(value) + 0',
    tests: ['test/core/evaluate/', 'test/core/importers/tfjs/'],
  },
  {
    file: 'src/core/evaluate/rounded.ts',
    find: 'wrapped >= modulus / 2',
    replace: 'wrapped > modulus / 2',
    tests: ['test/core/evaluate/'],
  },
  // Importers.
  importers('onnx/ops/reduction.ts', "return call.flag('noop_with_empty_axes') ? [] : undefined;", 'return undefined;'),
  importers(
    'onnx/ops/reduction.ts',
    "const keepDims = call.int('keepdims', 1) !== 0;\n      return call.emit(reduce",
    'const keepDims = false;\n      return call.emit(reduce',
  ),
  importers('tensorflow/ops/reduction.ts', "if (axes.length === 0) return call.add('identity', [call.x]);", '', [
    'test/core/importers/tfjs/',
  ]),
  importers('onnx/ops/reduction.ts', "x.dtype === 'bool' ? (OF_BOOLEANS[op] ?? op) : op", 'op'),
  importers('tensorflow/ops/elementwise.ts', "isFloat(call.x.dtype) ? {} : { rounding: 'trunc' }", '{}', [
    'test/core/importers/tfjs/',
  ]),
  importers('pt2/ops/reductions.ts', "x.dtype === 'bool' ? 'notEqual' : 'sub'", "'sub'"),
  importers('pt2/ops/reductions.ts', "x.dtype === 'bool' ? 'notEqual' : 'sub'", "'notEqual'"),
  importers('pt2/ops/reductions.ts', "for (let left = n.integer('n', 1);", 'for (let left = 1;'),
  importers(
    'keras/operations/reduction.ts',
    'if (axis !== undefined) return operation.add(op, [operation.x], { axis });',
    'if (axis !== undefined) return operation.add(op, [operation.x], { axis: 0 });',
  ),
  importers('keras/operations/reduction.ts', 'return operation.add(op, [flat], { axis: 0 });', 'return flat;'),
  importers('keras/activation.ts', "gelu_new: one('gelu', { approximate: 'tanh' })", "gelu_new: one('gelu')"),
  importers('keras/operations/reduction.ts', "const axis = operation.integer(-1, 1, 'axis');", 'const axis = 0;'),
  // Verdicts.
  {
    file: 'src/core/statistics/verdict.ts',
    find: 'const margin = Math.max(bound, floor);',
    replace: 'const margin = bound;',
    tests: ['test/core/statistics/'],
  },
  {
    file: 'src/core/statistics/verdict.ts',
    find: "ratio.mean < 0 ? 'faster' : 'slower'",
    replace: "ratio.mean > 0 ? 'faster' : 'slower'",
    tests: ['test/core/statistics/'],
  },
];
