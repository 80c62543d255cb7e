// Holds the import rules of .dependency-cruiser.cjs, and fails too when the tool scanned next to nothing.
import { createRequire } from 'node:module';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const LEAST_MODULES = 100;

const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
const { output } = await cruise(
  ['src', 'bin'],
  { ...config.options, ruleSet: { forbidden: config.forbidden }, validate: true },
  undefined,
  { tsConfig: extractTSConfig('tsconfig.json') },
);
const { summary } = output;
for (const { rule, from, to, cycle } of summary.violations) {
  console.error(`${rule.severity} ${rule.name}: ${from} → ${cycle?.map(({ name }) => name).join(' → ') ?? to}`);
}
const ours = output.modules.filter(({ source }) => source.startsWith('src/')).length;
console.log(
  `import rules: ${ours} modules, ${summary.totalDependenciesCruised} imports, ${summary.violations.length} violations`,
);
if (ours < LEAST_MODULES) console.error(`only ${ours} modules were found: the tool did not read the sources`);
process.exitCode = summary.error > 0 || ours < LEAST_MODULES ? 1 : 0;
