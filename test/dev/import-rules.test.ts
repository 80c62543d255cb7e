import { createRequire } from 'node:module';
import { expect, it } from 'vitest';

const { cruise } = await import('dependency-cruiser');
const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');

/** Violations of the rules by one made-up import. */
function violations(from: string, to: string): string[] {
  return config.forbidden
    .filter((rule: Rule) => matches(rule.from, from) && matches(rule.to, to) && rule.to.path !== undefined)
    .map((rule: Rule) => rule.name);
}

interface Rule {
  readonly name: string;
  readonly from: Condition;
  readonly to: Condition;
}
interface Condition {
  readonly path?: string | readonly string[];
  readonly pathNot?: string | readonly string[];
}

function matches({ path, pathNot }: Condition, file: string): boolean {
  const any = (patterns: string | readonly string[] | undefined) =>
    (patterns === undefined ? [] : [patterns].flat()).some((pattern) => new RegExp(pattern as string).test(file));
  return (path === undefined || any(path)) && !any(pathNot);
}

it.each([
  ['src/core/ops/convolution/conv.ts', 'src/core/graph/builder.ts', ['core-ops']],
  ['src/core/importers/onnx/index.ts', 'src/core/zoo/index.ts', ['core-importers']],
  ['src/core/report/view.ts', 'src/bench/random.ts', ['core-report', 'core-below-all']],
  ['src/bench/random.ts', 'src/core/report/index.ts', ['bench-imports-core']],
  ['src/node/load-model.ts', 'src/cli/main.ts', ['node-imports-core']],
  ['src/core/ops/convolution/conv.ts', 'src/core/ir/tensor.ts', []],
  ['src/core/analysis/analyze.ts', 'src/core/errors.ts', []],
])('%s importing %s violates %j', (from, to, rules) => {
  expect(violations(from, to)).toEqual(rules);
});

it('the tool reads TypeScript sources', async () => {
  const { output } = await cruise(['src/core/ir'], config.options);
  const sources = (output as { modules: { source: string }[] }).modules.map(({ source }) => source);
  expect(sources).toContain('src/core/ir/graph.ts');
});
