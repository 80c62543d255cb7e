import { expect, it } from 'vitest';
import { runNodeTests } from './onnx-nodes.js';
import { storedTests } from './stored-tests.js';

it("the onnx project's node tests agree with our shapes, element types and folded contents", async () => {
  const results = await runNodeTests(storedTests());
  expect(results.length).toBeGreaterThan(1800);
  expect(results.filter(({ verdict }) => verdict === 'disagrees')).toEqual([]);
  expect(results.filter(({ verdict }) => verdict === 'agrees').length).toBeGreaterThan(1780);
  const unsupported = results.filter(({ verdict }) => verdict === 'unsupported').map(({ name }) => name);
  expect(unsupported.filter((name) => name !== 'test_string_split_empty_tensor')).toEqual([]);
});
