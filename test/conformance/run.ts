import { writeFileSync } from 'node:fs';
import {
  HOW_TO_GET,
  NODE_TESTS,
  type NodeTestResult,
  nodeTestsOf,
  nodeTestsPresent,
  runNodeTests,
  tally,
  type Verdict,
} from './onnx-nodes.js';
import { textOfTests } from './stored-tests.js';

/** Counts, and every test that does not agree with the reason why. */
function report(results: readonly NodeTestResult[]): string {
  const count = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length;
  const rest = results.filter(({ verdict }) => verdict !== 'agrees');
  return [
    '# ONNX backend node tests',
    '',
    'Each test of the onnx project is a model of one op, or of its expansion, with data. The reader of ONNX files gets the',
    'shapes and contents of the inputs; shapes, element types and contents that it works out must be those of the data.',
    'Written by `npm run test:conformance -- --write` from the tests of onnx 1.23.',
    '',
    `Of ${results.length}: ${count('agrees')} agree, ${count('disagrees')} disagree. Of the others ${count('uncounted')} have the right shapes and an op whose work is not counted (texts, classical models, optimizers, determinants, non-maximum suppression: see coverage.md), ${count('bounded')} a size that depends on data and is counted at its largest, ${count('unsupported')} an op whose shape is not known.`,
    '',
    '| test | | why |',
    '|---|---|---|',
    ...rest.map(({ name, verdict, detail }) => `| \`${name}\` | ${verdict} | ${detail.replaceAll('|', '\\|')} |`),
    '',
  ].join('\n');
}

/** `npm run test:conformance`: our shape inference over the onnx project's backend node tests. */
async function main(): Promise<void> {
  if (!nodeTestsPresent()) {
    console.log(`No node tests in ${NODE_TESTS}. ${HOW_TO_GET}`);
    return;
  }
  const tests = await nodeTestsOf();
  const results = await runNodeTests(tests);
  const of = (verdict: Verdict) => results.filter((result) => result.verdict === verdict);
  const uncounted = [...new Set(results.flatMap((result) => result.uncounted))];
  console.log(`ONNX node tests: ${results.length} (${NODE_TESTS})`);
  console.log(`  agree:       ${of('agrees').length}`);
  console.log(`  bounded:     ${of('bounded').length}  (size depends on data; ours is the largest)`);
  console.log(`  uncounted:   ${of('uncounted').length}  (shapes are right; the work of an op is not counted)`);
  console.log(`  unsupported: ${of('unsupported').length}  ${tally(of('unsupported').flatMap(({ ops }) => ops))}`);
  console.log(`  disagree:    ${of('disagrees').length}`);
  for (const { name, detail } of of('disagrees')) console.log(`    ${name}: ${detail}`);
  console.log(`Shape known, work not counted: ${uncounted.sort().join(', ') || 'none'}`);
  console.log(`${results.length - of('disagrees').length} passed, ${of('disagrees').length} failed`);
  if (process.argv.includes('--write')) writeFileSync('reports/conformance.md', report(results));
  if (process.argv.includes('--store')) writeFileSync('onnx-node-tests.json', textOfTests(tests));
  if (of('disagrees').length > 0) process.exitCode = 1;
}

await main();
