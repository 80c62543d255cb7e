import { expect, it } from 'vitest';
import { type IdenticalRun, identicalReport, wilson } from './identical-report.js';

it('states shares with the interval of Wilson', () => {
  // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998, table I.
  const printed = (count: number, of: number) => {
    const { low, high } = wilson(count, of);
    return [low.toFixed(4), high.toFixed(4)];
  };
  expect(printed(81, 263)).toEqual(['0.2553', '0.3662']);
  expect(printed(15, 148)).toEqual(['0.0624', '0.1605']);
  expect(printed(0, 20)).toEqual(['0.0000', '0.1611']);
  expect(printed(1, 29)).toEqual(['0.0061', '0.1718']);
});

it('counts what each runtime said of identical models', () => {
  const run: IdenticalRun = {
    runtime: 'tfjs-wasm',
    seed: 1,
    machine: 'a processor',
    verdict: 'equivalent',
    ratio: 1.001,
    low: 0.996,
    high: 1.006,
    floor: 0.004,
    copies: 8,
    copiesAre: 'each in a new WebAssembly instance',
    washed: false,
    waitingShare: 0,
    load: 0.5,
  };
  const text = identicalReport('a model', [
    run,
    { ...run, seed: 2, verdict: 'slower', low: 1.02, high: 1.04, load: 2.5 },
    { ...run, seed: 3, verdict: 'inconclusive', low: null, high: null, copies: 1 },
  ]);
  expect(text).toContain('a model, on a processor (load average 0.5 at the median, up to 2.5 beside it)');
  expect(text).toContain(
    '| tfjs-wasm | 3 | 1 of 3 (33.3 %; 6.1 % to 79.2 %) | 1 | 1 | 1 of 2 (50.0 %; 9.5 % to 90.5 %) | ±0.8 % | 0.4 % | 1 to 8, each in a new WebAssembly instance | 0 | 0.0 % |',
  );
});
