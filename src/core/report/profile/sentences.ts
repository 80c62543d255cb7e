import { alikeLayers } from '../../analysis/measured/layers.js';
import { type ProfilePair, pairProfiles } from '../../compare/profiles/pairs.js';
import { formatFigure, formatInterval, formatRatio, significant } from '../number-format.js';
import { name, type Sentence, say } from '../verdict-phrases.js';
import type { ReportView } from '../view.js';
import { type ProfiledModel, profiledModels } from './view.js';

/** Below this share of its bound a layer is far from it. */
export const FAR = 0.3;

export const share = (fraction: number): string =>
  fraction > 0 && fraction < 0.001 ? '<0.1 %' : `${(100 * fraction).toFixed(1)} %`;

/** What profiles say, before all else. */
export function profileSentences(view: ReportView): Sentence[] {
  const profiled = profiledModels(view);
  const [first, second, ...rest] = profiled;
  const beside =
    first === undefined || second === undefined || rest.length > 0
      ? []
      : pairSentences(first, second, pairProfiles(first, second));
  return [...beside, ...profiled.flatMap((one) => ownSentences(one, profiled.length > 1))];
}

function ownSentences({ model, arm, measurement, times }: ProfiledModel, isOneOfMany: boolean): Sentence[] {
  const { time, busyMs, idleMs, hostMs, facts } = times;
  const where = measurement.settings.clock === 'device' ? measurement.device.name : 'the host';
  const whose = isOneOfMany ? [name(model.name), ': an iteration'] : ['An iteration'];
  const host = hostMs === undefined ? '' : `; the host took ${formatFigure(hostMs, 'ms')}`;
  const layers = alikeLayers(arm.layers?.timings ?? []);
  const [worst] = layers;
  const farthest =
    worst?.bound === undefined || facts.boundsOf === undefined
      ? []
      : [
          say(
            'measured',
            ...(isOneOfMany ? [name(model.name), ': most'] : ['Most']),
            ` time is lost in ${worst.name}${worst.names.length > 1 ? ` (×${worst.names.length})` : ''}: ${formatFigure(worst.latencyMs, 'ms')}, where the data sheet of ${facts.boundsOf.name} allows ${formatFigure(worst.bound.latencyMs, 'ms')}, bound by ${worst.bound.by}.`,
          ),
        ];
  return [
    say(
      'measured',
      ...whose,
      ` takes ${formatFigure(time.medianMs, 'ms')} on ${where}${spreadOf(time)}: busy ${share(busyMs / time.medianMs)}, idle ${formatFigure(idleMs, 'ms')} (${share(idleMs / time.medianMs)})${host}.`,
    ),
    ...farthest,
    ...(facts.joinedTo === 'model'
      ? [
          say(
            'measured',
            `${share(facts.joinedFraction)} of the model's time is joined to its layers${model.analysis === null ? '' : ` (${joinedLayers(arm)} of ${model.analysis.layers.length})`}.`,
          ),
        ]
      : []),
  ];
}

function joinedLayers({ layers }: ProfiledModel['arm']): number {
  const names = (layers?.timings ?? []).flatMap(({ unjoined, members, name: own }) =>
    unjoined ? [] : (members ?? [own]),
  );
  return new Set(names).size;
}

/** The interval of a median; of few iterations how many there are. */
export function spreadOf({ lowMs, highMs, confidence, samplesMs }: ProfiledModel['times']['time']): string {
  if (lowMs !== undefined && highMs !== undefined) {
    return ` (${formatInterval(lowMs, highMs, 'ms')}, ${significant(100 * confidence)} %)`;
  }
  return ` (no interval: ${counted(samplesMs.length)})`;
}

const counted = (iterations = 0) => `${iterations} iteration${iterations === 1 ? '' : 's'}`;

function pairSentences(first: ProfiledModel, second: ProfiledModel, pair: ProfilePair): Sentence[] {
  return [
    say(
      pair.verdict === undefined || pair.verdict === 'inconclusive' ? 'inconclusive' : 'measured',
      ...pairPhrases(first, second, pair),
    ),
    ...(pair.unlike.length === 0
      ? []
      : [say('caveat', `The two did not do the same work: they differ in ${pair.unlike.join(' and ')}.`)]),
  ];
}

const VERDICTS = {
  faster: 'is faster than',
  slower: 'is slower than',
  equivalent: 'takes the same time as',
  inconclusive: 'may be faster or slower than',
} as const;

/** The verdict on an iteration of two profiles, with its interval or why there is none. */
export function pairPhrases(first: ProfiledSide, second: ProfiledSide, pair: ProfilePair) {
  const { iteration, verdict, tolerance } = pair;
  const ratio = `${formatRatio(iteration.ratio)} the time of an iteration`;
  if (verdict === undefined) {
    const each = [first, second].map(({ measurement }) => measurement.settings.rounds);
    const few = each[0] === each[1] ? `${counted(each[0])} each` : `${counted(each[0])} and ${counted(each[1])}`;
    return [
      name(second.arm.name),
      ` takes ${ratio} of `,
      name(first.arm.name),
      `; no verdict (no interval: ${few}), some per cent may be chance.`,
    ];
  }
  return [
    name(second.arm.name),
    ` ${VERDICTS[verdict]} `,
    name(first.arm.name),
    `: ${ratio} (${formatInterval(iteration.low ?? 0, iteration.high ?? 0, 'ratio')}), within one run of each. Differences up to ±${significant(100 * tolerance)} % are not called one: runs differ by more than iterations.`,
  ];
}

type ProfiledSide = Pick<ProfiledModel, 'arm' | 'measurement'>;
