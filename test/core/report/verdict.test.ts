import { describe, expect, it } from 'vitest';
import type { ComparisonVerdict, Measurement } from '../../../src/core/measurement.js';
import type { ReportInput } from '../../../src/core/report/define-reporter.js';
import { toDocument } from '../../../src/core/report/document.js';
import { type Certainty, plainText, type Sentence, verdictOf } from '../../../src/core/report/verdict.js';
import { type ReportView, viewsOf } from '../../../src/core/report/view.js';
import { fullReport, manyReport, sampleMeasurement, sampleReport } from './sample-report.js';

function sentences(input: ReportInput, certainty?: Certainty): string[] {
  const [view] = viewsOf(toDocument(input));
  if (view === undefined) throw new Error('no view');
  return verdictOf(view)
    .sentences.filter((sentence) => certainty === undefined || sentence.certainty === certainty)
    .map(plainText);
}

function subject(input: ReportInput): string {
  const [view] = viewsOf(toDocument(input));
  return view === undefined ? '' : plainText(verdictOf(view).subject);
}

/** The sample's measurement with other verdicts and ratios for its two comparisons. */
function compared(...outcomes: [ComparisonVerdict, number, number, number][]): ReportInput {
  const report = sampleReport();
  const [measurement] = report.measurements as [Measurement];
  const comparisons = measurement.comparisons.map((comparison, i) => {
    const [verdict, ratio, low, high] = outcomes[i] as [ComparisonVerdict, number, number, number];
    return { ...comparison, verdict, ratio, low, high };
  });
  return { ...report, measurements: [{ ...measurement, comparisons, warnings: [] }] };
}

describe('timings', () => {
  it('calls the baseline the fastest only where all others are slower', () => {
    const [first] = sentences(compared(['slower', 2, 1.98, 2.02], ['slower', 1.25, 1.24, 1.26]), 'measured');
    expect(first).toBe(
      'OSA 5x128 is the fastest: Bottleneck 256/64 takes 1.25× (1.24 to 1.26) and Dense k=32 takes 2.00× (1.98 to 2.02) its time; 95 % intervals.',
    );
  });

  it('claims no fastest where one comparison is open', () => {
    const all = sentences(compared(['slower', 2, 1.98, 2.02], ['inconclusive', 1.004, 0.99, 1.02]));
    expect(all.join('\n')).not.toContain('is the fastest');
    expect(all).toContain('Slower than OSA 5x128: Dense k=32 takes 2.00× (1.98 to 2.02) its time; 95 % intervals.');
    expect(all).toContain(
      'Whether Bottleneck 256/64 or OSA 5x128 is faster is open: a time ratio of 1.00 (0.990 to 1.02) over 120 rounds proves neither a difference nor equality within ±1 %.',
    );
  });

  it('says how much faster, and what the fastest pays', () => {
    const input = compared(['faster', 0.5, 0.49, 0.51], ['equivalent', 1, 0.996, 1.004]);
    expect(sentences(input, 'measured').slice(0, 2)).toEqual([
      'Against OSA 5x128, Dense k=32 is 2.00× as fast (1.96 to 2.04); 95 % intervals.',
      'Bottleneck 256/64 and OSA 5x128 take the same time within ±1 % (ratio 0.996 to 1.00).',
    ]);
    const paid = sentences(input, 'exact').find((text) => text.startsWith('For its speed'));
    expect(paid).toBe(
      'For its speed Dense k=32 takes 76 % more memory access than OSA 5x128, and 4.1× the multiply-adds, 4.0× the parameters and 42 % more peak activation memory than Bottleneck 256/64.',
    );
  });

  it('names arms that failed, with the reason', () => {
    const report = sampleReport();
    const [measurement] = report.measurements as [Measurement];
    const arms = measurement.arms.map((arm, i) =>
      i === 1 ? { ...arm, status: 'failed' as const, message: 'out of memory' } : arm,
    );
    expect(sentences({ ...report, measurements: [{ ...measurement, arms }] }, 'caveat')).toContain(
      'Dense k=32 failed and has no timing (out of memory).',
    );
  });

  it('never calls a software adapter a GPU', () => {
    const report = sampleReport();
    const [measurement] = report.measurements as [Measurement];
    const input = {
      ...report,
      measurements: [{ ...measurement, device: { kind: 'software' as const, name: 'SwiftShader' } }],
    };
    expect(subject(input)).toContain('timed on SwiftShader (software adapter, not a GPU) through onnxruntime');
    expect(sentences(input, 'caveat')).toContain(
      'SwiftShader is a software adapter: its timings say nothing about a GPU.',
    );
  });
});

describe('without timings', () => {
  const untimed = { ...sampleReport(), measurements: [] };

  it('says that nothing was timed and speaks of no speed', () => {
    expect(subject(untimed)).toBe(
      'Three models compared at 1x256x56x56, float32, ratios against OSA 5x128. Nothing was timed: all figures are counted from the graph.',
    );
    expect(sentences(untimed).join(' ')).not.toMatch(/fast|slow|energy/i);
  });

  it('says who is lowest and what that costs', () => {
    expect(sentences(untimed)).toEqual([
      'Bottleneck 256/64 is lowest in multiply-adds (873 M, 75 % below the next), parameters (282 k, 75 % below the next) and peak activation memory (9.63 MB, 29 % below the next); it takes 49 % more memory access than OSA 5x128.',
      'OSA 5x128 is lowest in memory access (26.0 M, 33 % below the next); it takes 4.0× the multiply-adds, 4.0× the parameters and 2.3× the peak activation memory of Bottleneck 256/64.',
    ]);
  });

  it('describes a single model', () => {
    const [analysis] = untimed.analyses;
    const input = { ...untimed, analyses: analysis === undefined ? [] : [analysis] };
    expect(subject(input)).toMatch(/^Costs of OSA 5x128 at 1x256x56x56, float32\. Nothing was timed/);
    expect(sentences(input)[0]).toBe(
      '1.12 M parameters, 3.49 G multiply-adds and a memory access cost of 26.0 M elements in 19 layers.',
    );
    expect(sentences(input).at(-1)).toMatch(/^Activations peak at 22\.5 MB in osa\.concat/);
  });

  it('says what is the same in all', () => {
    const [first] = untimed.analyses;
    if (first === undefined) throw new Error('no analysis');
    const twin = { ...first, model: { ...first.model, name: 'twin' } };
    expect(sentences({ ...untimed, analyses: [first, twin] })).toEqual([
      'All have the same memory access (26.0 M), multiply-adds (3.49 G), parameters (1.12 M) and peak activation memory (22.5 MB).',
    ]);
  });

  it('holds no model without breaking', () => {
    expect(subject({ ...untimed, analyses: [] })).toBe('This report holds no model.');
  });
});

describe('many models', () => {
  const named = ({ phrases }: Sentence) =>
    phrases.flatMap((phrase) => (typeof phrase === 'string' ? [] : [phrase.model]));

  it('are named three at a time, the rest are counted', async () => {
    const report = await manyReport();
    const latenciesMs = report.analyses.map((_, i) => 3 + i);
    const input = { ...report, measurements: [sampleMeasurement(report.analyses, latenciesMs)] };
    for (const view of [viewsOf(toDocument(report))[0], viewsOf(toDocument(input))[0]]) {
      const { sentences } = verdictOf(view as ReportView);
      for (const sentence of sentences) expect(new Set(named(sentence)).size, plainText(sentence)).toBeLessThan(4);
    }
    const [first] = verdictOf(viewsOf(toDocument(input))[0] as ReportView).sentences;
    expect(plainText(first as Sentence)).toMatch(/^resnet18 0 is the fastest: .* and 9 others up to 4\.66× its time/);
  });
});

describe('caveats', () => {
  it('warns of unlike work, unknown ops and unverified devices', () => {
    const report = fullReport();
    const [first, second] = report.analyses;
    if (first === undefined || second === undefined) throw new Error('no analyses');
    const odd = {
      ...second,
      options: { ...second.options, batch: 8 },
      unsupportedOps: [{ type: 'custom::magic', count: 2, layers: ['a', 'b'], reason: null }],
    };
    const found = sentences({ ...report, analyses: [first, odd], measurements: [] }, 'caveat');
    expect(found).toContain('The models were analysed with different batch sizes: their ratios compare unlike work.');
    expect(found).toContain('Totals of Dense k=32 leave out 2 layers of unknown type: custom::magic.');
    expect(found).toContain('The ceilings of Other GPU are unverified (a forum post).');
  });

  it('gives the reason where energy is unavailable, never a number', () => {
    const report = sampleReport();
    const [measurement] = report.measurements as [Measurement];
    const arms = measurement.arms.map((arm) => ({
      ...arm,
      energy: { status: 'unavailable', reason: 'no power meter' } as const,
    }));
    const all = sentences({ ...report, measurements: [{ ...measurement, arms }] });
    expect(all).toContain('Energy is unavailable: no power meter.');
    expect(all.join(' ')).not.toMatch(/\d+ (m?J)/);
  });

  it('calls estimates estimates, and says where their errors overlap', () => {
    expect(sentences(fullReport(), 'estimated')).toContain(
      'On Other GPU OSA 5x128 would have the least latency, 1.00 ms (0.900 to 1.20 ms); Dense k=32 2.00× and Bottleneck 256/64 3.00× as much.',
    );
    const report = fullReport();
    const estimates = (report.estimates ?? []).map((estimate, i) =>
      i === 1 ? { ...estimate, latencyLowMs: 1.1 } : estimate,
    );
    expect(sentences({ ...report, estimates }, 'estimated')).toContain(
      'On Other GPU the estimates of latency do not tell OSA 5x128 and Dense k=32 apart: OSA 5x128 1.00 ms (0.900 to 1.20 ms) and Dense k=32 2.00 ms (1.10 to 2.20 ms); beyond them lies Bottleneck 256/64 at 3.00× the lowest.',
    );
  });

  it('says that constants from the literature rank and do not tell joules, once for devices of the same figures', () => {
    const report = fullReport();
    const estimates = (report.estimates ?? []).flatMap((estimate) =>
      ['Other GPU', 'Third GPU'].map((device) => ({ ...estimate, device, energyMode: 'literature' as const })),
    );
    const energy = sentences({ ...report, estimates }, 'estimated').filter((text) => text.includes('energy'));
    expect(energy).toEqual([
      'On Other GPU and Third GPU, by energy constants from the literature, OSA 5x128 would take the least energy, 100 mJ an image; Dense k=32 2.00× and Bottleneck 256/64 3.00× as much. They rank; they are not joules of that device.',
    ]);
  });

  it('does not call figures counted that are estimated', () => {
    const { estimates, ...report } = fullReport();
    const untimed = { ...report, measurements: [] };
    expect(subject(untimed)).toContain('all figures are counted from the graph');
    expect(subject({ ...untimed, estimates })).toContain('time and energy are estimates for Other GPU');
  });
});
