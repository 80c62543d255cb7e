import { isProfiled } from './charts/drawing/layer-shares.js';
import { paperCostCaveat } from './paper-cost.js';
import { listPhrases, name, type Sentence, say } from './verdict-phrases.js';
import { describeInputs, type ReportView } from './view.js';
import { briefWarnings } from './warnings.js';

/** What a reader must know before believing the figures. */
export function caveats(view: ReportView): Sentence[] {
  return [
    ...unlikeWork(view),
    ...paperCost(view),
    ...unknownOps(view),
    ...unverifiedDevices(view),
    ...measurementWarnings(view),
  ];
}

function unlikeWork({ models }: ReportView): Sentence[] {
  const analyses = models.flatMap(({ analysis }) => (analysis === null ? [] : [analysis]));
  const traits: readonly (readonly [string, number])[] = [
    ['input sizes', new Set(analyses.map(describeInputs)).size],
    ['batch sizes', new Set(analyses.map(({ options }) => options.batch)).size],
    ['element types', new Set(analyses.map(({ options }) => options.dtype)).size],
    ['execution models', new Set(analyses.map(({ options }) => options.execution)).size],
  ];
  const differing = traits.filter(([, count]) => count > 1).map(([what]) => [what]);
  if (differing.length === 0) return [];
  return [
    say(
      'caveat',
      'The models were analysed with different ',
      ...listPhrases(differing),
      ': their ratios compare unlike work.',
    ),
  ];
}

function paperCost({ models }: ReportView): Sentence[] {
  const analyses = models.flatMap(({ analysis }) => analysis ?? []);
  const caveat = analyses.length > 1 && !models.some(isProfiled) ? paperCostCaveat(analyses) : undefined;
  return caveat === undefined ? [] : [say('caveat', caveat)];
}

function unknownOps({ models }: ReportView): Sentence[] {
  return models.flatMap(({ name: model, analysis }) => {
    const unknown = analysis?.unsupportedOps ?? [];
    if (unknown.length === 0) return [];
    const count = unknown.reduce((sum, op) => sum + op.count, 0);
    const types = listPhrases(unknown.map(({ type }) => [type]));
    return [
      say(
        'caveat',
        'Totals of ',
        name(model),
        ` leave out ${count} layer${count === 1 ? '' : 's'} of unknown type: `,
        ...types,
        '.',
      ),
    ];
  });
}

function unverifiedDevices({ document }: ReportView): Sentence[] {
  return (document.devices ?? [])
    .filter(({ verified }) => !verified)
    .map(({ name: device, source }) =>
      say('caveat', `The ceilings of ${device} are unverified (${withoutStop(source)}).`),
    );
}

/** Of a profile: said where its time is. */
const FEW_ITERATIONS = 'few-iterations';

function measurementWarnings({ measurements, models }: ReportView): Sentence[] {
  const concerns = (arm: string | undefined) => arm === undefined || models.some((model) => model.name === arm);
  return measurements.flatMap(({ device, warnings }) => [
    ...(device.kind === 'software'
      ? [say('caveat', `${device.name} is a software adapter: its timings say nothing about a GPU.`)]
      : []),
    ...briefWarnings(warnings.filter(({ arm, id }) => concerns(arm) && id !== FEW_ITERATIONS)).map(
      ({ text }): Sentence => ({ ...say('caveat', `${capital(withoutStop(text))}.`), fromHarness: true }),
    ),
  ]);
}

const withoutStop = (text: string) => text.replace(/\.\s*$/, '');

/** Warnings begin in lower case, unless with a model's name, which stays as it is. */
function capital(text: string): string {
  return /^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
