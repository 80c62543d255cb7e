import { useEffect, useRef, useState } from 'preact/hooks';
import type { Progress } from '../../bench/progress.js';
import type { Measurement } from '../../core/measurement.js';
import type { PageState } from '../page-state.js';
import type { AnalysisReply, TimingDevice, TimingRuntime } from '../worker/protocol.js';
import type { WorkerClient } from '../worker-client.js';
import { AddToTable } from './add-to-table.js';

interface TimingProps {
  readonly worker: WorkerClient;
  readonly state: PageState;
  /** What was timed here, of what is open. */
  readonly timed: Measurement | undefined;
  readonly isTiming: boolean;
  onTiming(isTiming: boolean): void;
  onReply(reply: AnalysisReply): void;
}

const SECONDS = [10, 30, 60, 180, 600];

/** A runtime that does not come to its end so long after it was told to stop never will. */
const GIVE_UP_MS = 10_000;

/** Times what is open on the reader's own device. */
export function Timing({ worker, state, timed, isTiming, onTiming, onReply }: TimingProps) {
  const [devices, setDevices] = useState<readonly TimingDevice[]>([]);
  const [runtime, setRuntime] = useState<TimingRuntime | null>(null);
  const [seconds, setSeconds] = useState(30);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const partial = useRef<Measurement | null>(null);
  const [isStopping, setStopping] = useState(false);

  useEffect(() => {
    worker.onProgress = setProgress;
    worker.onPartial = (measurement) => {
      partial.current = measurement;
    };
    worker.run('devices').then(setDevices, () => undefined);
  }, [worker]);

  const usable = devices.filter(({ reason }) => reason === undefined);
  // A software adapter says nothing of a GPU: it is there to be chosen, never the first choice.
  const chosen =
    usable.find((device) => device.runtime === runtime) ?? usable.find(({ kind }) => kind !== 'software') ?? usable[0];
  const missing = devices.find(({ reason }) => reason !== undefined);

  const start = async () => {
    if (chosen === undefined) return;
    onTiming(true);
    setFailure(null);
    setProgress(null);
    partial.current = null;
    try {
      onReply(await worker.run('time', { ...state, runtime: chosen.runtime, seconds, seed: 1 }));
    } catch (error) {
      const reason = (error as Error).message;
      setFailure(reason);
      const measurement = partial.current as Measurement | null;
      const isWorthKeeping = measurement?.arms.some(({ wall, device }) => (wall ?? device) !== undefined) === true;
      if (isWorthKeeping) onReply(await worker.run('keep', { ...state, measurement, reason }));
    } finally {
      setStopping(false);
      onTiming(false);
      setProgress(null);
    }
  };
  const stop = () => {
    setStopping(true);
    void worker.run('stop');
    setTimeout(
      () =>
        setStopping((still) => {
          if (still) worker.restart('The runtime did not stop, and was ended.');
          return false;
        }),
      GIVE_UP_MS,
    );
  };

  return (
    <section class="timing card" aria-labelledby="timing-title">
      <h2 id="timing-title">Time it here</h2>
      <form onSubmit={(event) => event.preventDefault()}>
        <label>
          On
          <select
            name="runtime"
            disabled={isTiming}
            value={chosen?.runtime ?? ''}
            onChange={({ currentTarget }) => setRuntime(currentTarget.value as TimingRuntime)}
          >
            {usable.map((device) => (
              <option key={device.runtime} value={device.runtime}>
                {describe(device)}
              </option>
            ))}
          </select>
        </label>
        <label>
          For at most
          <select
            name="seconds"
            disabled={isTiming}
            value={seconds}
            onChange={({ currentTarget }) => setSeconds(Number(currentTarget.value))}
          >
            {SECONDS.map((value) => (
              <option key={value} value={value}>
                {value < 120 ? `${value} s` : `${value / 60} min`}
              </option>
            ))}
          </select>
        </label>
        {isTiming ? (
          <button type="button" class="quiet" onClick={stop} disabled={isStopping}>
            {isStopping ? 'Stopping …' : 'Stop, keep what is finished'}
          </button>
        ) : (
          <button type="button" class="quiet primary" onClick={start} disabled={chosen === undefined}>
            Start
          </button>
        )}
      </form>
      {isTiming ? <Bar progress={progress} /> : null}
      <p class="caption">
        Models are interleaved, prepared anew several times, and checked against a reference; verdicts never go beyond
        what copies of one model differ by. Keep this page in front.
        {missing === undefined ? '' : ` WebGPU is not to be had: ${missing.reason}.`}
      </p>
      {timed === undefined || state.blocks.length === 0 || isTiming ? null : (
        <AddToTable key={timed.startedAt} worker={worker} measurement={timed} />
      )}
      {failure === null ? null : (
        <p class="problem" role="alert">
          {failure}
        </p>
      )}
    </section>
  );
}

function describe({ title, kind, name }: TimingDevice): string {
  const software = kind === 'software' ? ' (software adapter, not a GPU)' : '';
  return `${title}: ${name}${software}`;
}

const PHASES: Readonly<Record<Progress['phase'], string>> = {
  prepare: 'Preparing',
  check: 'Checking outputs',
  'warm-up': 'Warming up',
  hot: 'Timing',
  cold: 'Timing with cold caches',
  layers: 'Timing layers',
  energy: 'Measuring energy',
  done: 'Done',
};

function Bar({ progress }: { readonly progress: Progress | null }) {
  const { phase = 'prepare', fraction = 0, message = '', secondsLeft } = progress ?? {};
  const left = secondsLeft === undefined ? '' : `, at most ${Math.ceil(secondsLeft)} s left`;
  const text = `${PHASES[phase]} ${message}${left}`;
  return (
    <div class="progress">
      <progress max={1} value={fraction} aria-label="Progress of the timing" />
      <p role="status">{text}</p>
    </div>
  );
}
