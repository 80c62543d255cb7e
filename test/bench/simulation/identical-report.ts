import type { Measurement } from '../../../src/core/measurement.js';
import { median } from '../../../src/core/statistics/quantile.js';
import type { Verdict } from '../../../src/core/statistics/verdict.js';

/** What one comparison of a model with itself gave. */
export interface IdenticalRun {
  readonly runtime: string;
  readonly seed: number;
  readonly machine: string;
  readonly verdict: Verdict;
  readonly ratio: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly floor: number | null;
  readonly copies: number;
  readonly copiesAre: string;
  readonly washed: boolean;
  readonly waitingShare: number | null;
  readonly load: number;
}

export function runOf(seed: number, measurement: Measurement): IdenticalRun {
  const { runtime, device, comparisons, control, settings, environment } = measurement;
  const [comparison] = comparisons;
  if (comparison === undefined)
    throw new Error(`${runtime.name} gave no comparison: ${measurement.arms.map(({ message }) => message).join('; ')}`);
  const waiting = environment['processorWaitingShare'];
  return {
    runtime: runtime.name,
    seed,
    machine: device.name,
    verdict: comparison.verdict,
    ratio: comparison.ratio,
    low: comparison.low ?? null,
    high: comparison.high ?? null,
    floor: control === undefined ? null : control.floor - 1,
    copies: settings.copies ?? 0,
    copiesAre: runtime.details['copies'] ?? '',
    washed: settings.washoutMs !== undefined,
    waitingShare: waiting === undefined ? null : Number(waiting),
    load: Number(environment['loadAverage1'] ?? 0),
  };
}

/** 95 % interval of a share (Wilson, "Probable inference, the law of succession, and statistical inference", 1927). */
export function wilson(count: number, of: number): { readonly low: number; readonly high: number } {
  if (of === 0) return { low: 0, high: 1 };
  const z = 1.96;
  const share = count / of;
  const center = (share + z ** 2 / (2 * of)) / (1 + z ** 2 / of);
  const half = (z / (1 + z ** 2 / of)) * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  return { low: Math.max(0, center - half), high: Math.min(1, center + half) };
}

const percent = (share: number | undefined): string =>
  share === undefined || !Number.isFinite(share) ? 'unknown' : `${(100 * share).toFixed(1)} %`;

function counted(count: number, of: number): string {
  const { low, high } = wilson(count, of);
  return `${count} of ${of} (${percent(count / of)}; ${percent(low)} to ${percent(high)})`;
}

/** All runs as a Markdown table, a row a runtime. */
export function identicalReport(subject: string, runs: readonly IdenticalRun[]): string {
  const runtimes = [...new Set(runs.map(({ runtime }) => runtime))];
  const machines = [...new Set(runs.map(({ machine }) => machine))].join(', ');
  const rows = runtimes.map((name) => {
    const own = runs.filter(({ runtime }) => runtime === name);
    const said = (...verdicts: Verdict[]) => own.filter(({ verdict }) => verdicts.includes(verdict)).length;
    const known = own.flatMap(({ low, high }) => (low === null || high === null ? [] : [{ low, high }]));
    const middle = (list: readonly (number | null)[]): string => {
      const present = list.filter((value) => value !== null);
      return percent(present.length === 0 ? undefined : median(present));
    };
    const copies = own.map((run) => run.copies);
    return [
      name,
      own.length,
      counted(said('faster', 'slower'), own.length),
      said('equivalent'),
      said('inconclusive'),
      counted(known.filter(({ low, high }) => low <= 1 && high >= 1).length, known.length),
      `±${middle(known.map(({ low, high }) => (high - low) / 2))}`,
      middle(own.map(({ floor }) => floor)),
      `${Math.min(...copies)} to ${Math.max(...copies)}, ${own[0]?.copiesAre}`,
      own.filter(({ washed }) => washed).length,
      middle(own.map(({ waitingShare }) => waitingShare)),
    ];
  });
  return `# The same model under two names on real runtimes

${subject}, on ${machines} (load average ${median(runs.map(({ load }) => load)).toFixed(1)} at the median, up to ${Math.max(...runs.map(({ load }) => load)).toFixed(1)} beside it). Written by \`npm run bench:identical\`.

| runtime | runs | false verdicts | equivalent | inconclusive | 95 % intervals that hold 1 | median half-width | median A/A floor | copies | runs with a washout | median share of time waiting for a processor |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}

Shares are stated with their own 95 % interval (Wilson): so many runs tell them no closer.
`;
}
