import { slimMeasurement } from '../../core/compose/slim-measurement.js';
import { renderReport, toDocument } from '../../core/report/index.js';
import { specSchema } from '../../core/schemas/spec.schema.js';
import type { Analysed } from './analyst.js';
import { Analyst } from './analyst.js';
import { HiddenClock } from './hidden-clock.js';
import type { JobMessage, JobName, Jobs, WorkerMessage } from './protocol.js';
import { timeHere, timingDevices } from './timing.js';

const analyst = new Analyst();
const hidden = new HiddenClock();
let last: Analysed | undefined;
let timing: AbortController | undefined;

const post = (message: WorkerMessage) => postMessage(message);
const replyOf = ({ input, models, problems }: Analysed) => ({
  document: toDocument(input),
  names: Object.fromEntries(models.map(({ reference, graph }) => [reference, graph.name])),
  problems,
});

const jobs: Jobs = {
  async give(files) {
    analyst.give(files);
  },
  async analyse(request) {
    last = await analyst.analyse(request);
    return replyOf(last);
  },
  spec: (request) => analyst.spec(request),
  specSchema,
  async render(format) {
    if (last === undefined) return '';
    return String(await renderReport(format, last.input));
  },
  async picture() {
    return last === undefined ? undefined : (await import('./png.js')).pictureOf(last.input);
  },
  devices: timingDevices,
  async time(request) {
    timing = new AbortController();
    hidden.start();
    try {
      const analysed = await analyst.analyse(request);
      const measurement = await timeHere(request, analysed, {
        signal: timing.signal,
        onProgress: (progress) => post({ progress }),
        onPartial: (partial) => post({ partial }),
        hiddenSeconds: () => hidden.seconds(),
      });
      analyst.keep(request, measurement);
      last = await analyst.analyse(request);
      return { ...replyOf(last), measurement };
    } finally {
      timing = undefined;
    }
  },
  async community(measurement) {
    const { communityFileName, communityProblems } = await import('../../core/compose/community.js');
    return {
      name: communityFileName(measurement),
      text: `${JSON.stringify(slimMeasurement(measurement))}\n`,
      problems: await communityProblems(measurement),
    };
  },
  async keep({ measurement, reason, ...request }) {
    const text = `${reason} What was finished by then is kept; it was not checked again afterwards.`;
    const warnings = [...measurement.warnings, { id: 'cut-off', text }];
    analyst.keep(request, { ...measurement, settings: { ...measurement.settings, stoppedBy: 'failure' }, warnings });
    last = await analyst.analyse(request);
    return replyOf(last);
  },
  async stop() {
    timing?.abort();
  },
  async setHidden(isHidden) {
    hidden.set(isHidden);
  },
};

/** These go past what is under way; all others wait their turn, so that the last one asked for is the last one made. */
const URGENT: ReadonlySet<JobName> = new Set(['stop', 'setHidden']);
let queue: Promise<unknown> = Promise.resolve();

addEventListener('message', ({ data }: MessageEvent<JobMessage>) => {
  if (URGENT.has(data.job)) void answer(data);
  else queue = queue.then(() => answer(data));
});

async function answer({ id, job, argument }: JobMessage): Promise<void> {
  try {
    post({ id, result: await (jobs[job] as (argument: unknown) => Promise<unknown>)(argument) });
  } catch (error) {
    post({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

// Held as long as this thread lives; the browser frees it however the thread ends.
if ('locks' in navigator) {
  const lock = `archmeter-thread-${crypto.randomUUID()}`;
  void navigator.locks.request(lock, () => {
    post({ lock });
    return new Promise(() => {});
  });
}
