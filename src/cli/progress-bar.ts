import { Presets, SingleBar } from 'cli-progress';
import type { Progress } from '../bench/progress.js';
import type { Streams } from './define-command.js';

const PHASES: Readonly<Record<Progress['phase'], string>> = {
  prepare: 'preparing',
  check: 'checking outputs',
  'warm-up': 'warming up',
  hot: 'timing',
  cold: 'timing with cold caches',
  layers: 'timing layers',
  energy: 'measuring energy',
  done: 'done',
};

/** A bar that redraws itself on a terminal; elsewhere one plain line a phase. */
export function progressReporter(streams: Streams): { update(progress: Progress): void; stop(): void } {
  let phase: string | undefined;
  if (!streams.interactive) {
    return {
      update(progress) {
        if (progress.phase === phase || progress.phase === 'done') return;
        phase = progress.phase;
        streams.err(`${PHASES[progress.phase]} …\n`);
      },
      stop() {},
    };
  }
  const bar = new SingleBar(
    { format: '{phase} {bar} {percentage} % {left}{message}', hideCursor: true, clearOnComplete: true, barsize: 24 },
    Presets.shades_classic,
  );
  return {
    update(progress) {
      const { secondsLeft, message } = progress;
      const details = {
        phase: PHASES[progress.phase].padEnd(16),
        left: secondsLeft === undefined ? '' : `at most ${Math.ceil(secondsLeft)} s left  `,
        message,
      };
      if (phase === undefined) bar.start(100, 0, details);
      phase = progress.phase;
      bar.update(Math.round(progress.fraction * 100), details);
    },
    stop() {
      bar.stop();
    },
  };
}
