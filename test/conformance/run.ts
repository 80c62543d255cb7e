import { HOW_TO_GET, NODE_TESTS, nodeTestsPresent, runNodeTests, tally, type Verdict } from './onnx-nodes.js';

/** `npm run test:conformance`: our shape inference over the onnx project's backend node tests. */
async function main(): Promise<void> {
  if (!nodeTestsPresent()) {
    console.log(`No node tests in ${NODE_TESTS}. ${HOW_TO_GET}`);
    return;
  }
  const results = await runNodeTests();
  const of = (verdict: Verdict) => results.filter((result) => result.verdict === verdict);
  const uncounted = [...new Set(results.flatMap((result) => result.uncounted))];
  console.log(`ONNX node tests: ${results.length} (${NODE_TESTS})`);
  console.log(`  agree:       ${of('agrees').length}`);
  console.log(`  bounded:     ${of('bounded').length}  (size depends on data; ours is the largest)`);
  console.log(`  unsupported: ${of('unsupported').length}  ${tally(of('unsupported').flatMap(({ ops }) => ops))}`);
  console.log(`  disagree:    ${of('disagrees').length}`);
  for (const { name, detail } of of('disagrees')) console.log(`    ${name}: ${detail}`);
  console.log(`Shape known, work not counted: ${uncounted.sort().join(', ') || 'none'}`);
  console.log(`${results.length - of('disagrees').length} passed, ${of('disagrees').length} failed`);
  if (of('disagrees').length > 0) process.exitCode = 1;
}

await main();
