import type { RuntimeSession } from '../../src/bench/define-runtime.js';
import { runReference } from '../../src/bench/reference/interpret.js';
import { randomInputs } from '../../src/bench/weights.js';
import type { Graph, Value } from '../../src/core/ir/graph.js';

/** Largest error of a runtime's outputs against the float64 reference, over the reference's largest magnitude. */
export async function disagreement(session: RuntimeSession, graph: Graph, seed = 1): Promise<number> {
  const executable = await session.prepare(graph, seed);
  try {
    const inputs = randomInputs(graph, seed + 1);
    const outputs = await executable.run(inputs);
    const expected = await runReference(
      graph,
      seed,
      inputs.map((data, i) => ({ shape: (graph.values[graph.inputs[i] as number] as Value).shape, data })),
    );
    let worst = 0;
    expected.forEach(({ data }, i) => {
      const output = outputs[i] as Float32Array;
      if (output.length !== data.length)
        throw new Error(`output ${i} has ${output.length} elements, not ${data.length}`);
      const scale = data.reduce((max, x) => Math.max(max, Math.abs(x)), 0) || 1;
      for (const [j, x] of data.entries()) {
        const error = Math.abs((output[j] as number) - x) / scale;
        if (!(error <= worst)) worst = error;
      }
    });
    return worst;
  } finally {
    await executable.dispose();
  }
}
