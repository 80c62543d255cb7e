import { describe, expect, it } from 'vitest';
import {
  COMPUTE_CLASSES,
  EXECUTION_BY_KIND,
  kernelOf,
  MEMORY_CLASSES,
  slotOf,
} from '../../../src/core/ops/execution.js';
import { OPS } from '../../../src/core/ops/index.js';
import { build } from './sample-calls.js';
import { samplesOf } from './samples.js';

const SLOTS = Object.keys(EXECUTION_BY_KIND.view) as (keyof (typeof EXECUTION_BY_KIND)['view'])[];

describe.each([...OPS.values()].map((op) => [op.name, op] as const))('%s', (name, op) => {
  it('decides each slot of its execution, by itself or by its kind', () => {
    for (const slot of SLOTS) expect(() => slotOf(op, slot)).not.toThrow();
  });

  it('runs in a kernel that computes exactly where it has multiply-adds', () => {
    const samples = samplesOf(name);
    for (const sample of [...(samples?.batched ?? []).map((make) => make(2)), ...(samples?.unbatched ?? [])]) {
      const { call } = build(name, sample);
      const kernel = kernelOf(op, call);
      expect(['none', ...COMPUTE_CLASSES, ...MEMORY_CLASSES]).toContain(kernel);
      const { madds } = op.arithmetic(call);
      if (madds > 0) expect(COMPUTE_CLASSES).toContain(kernel);
      const shape = slotOf(op, 'contraction')?.(call);
      expect(shape === undefined).toBe(op.contraction === undefined);
    }
  });
});

it('every kind decides each slot or leaves it to its ops', () => {
  for (const [kind, slots] of Object.entries(EXECUTION_BY_KIND))
    expect(Object.keys(slots).sort(), kind).toEqual([...SLOTS].sort());
});

it('an op that leaves open what its kind leaves open is an error', () => {
  const open = { ...OPS.get('reshape'), axis: undefined } as unknown as Parameters<typeof slotOf>[0];
  expect(() => slotOf(open, 'axis')).toThrow("op 'reshape' does not say its 'axis', nor does its kind");
});
