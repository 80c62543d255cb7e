import { describe, expect, it } from 'vitest';
import { nodeTestsPresent, runNodeTests } from './onnx-nodes.js';

describe.skipIf(!nodeTestsPresent())('ONNX backend node tests (need the Debian package libonnx-testdata)', () => {
  it('agree with our shapes, element types and folded contents', async () => {
    const results = await runNodeTests();
    expect(results.length).toBeGreaterThan(900);
    expect(results.filter(({ verdict }) => verdict === 'disagrees')).toEqual([]);
    const unsupported = results.filter(({ verdict }) => verdict === 'unsupported').map(({ name }) => name);
    expect(unsupported.filter((name) => name !== 'test_string_split_empty_tensor')).toEqual([]);
  });
});
