import { Presets, SingleBar } from 'cli-progress';
import type { Streams } from '../define-command.js';

/** A bar with rate and time left on a terminal; nothing elsewhere. */
export function sweepProgress(
  streams: Streams,
  { total, parts }: { readonly total: number; readonly parts: number },
): { add(walked: number): void; stop(): void } {
  if (!streams.interactive || parts === 0) return { add() {}, stop() {} };
  const bar = new SingleBar(
    {
      format: 'designs {bar} {percentage} %  {rate}/s  {eta_formatted} left',
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
    },
    Presets.shades_classic,
  );
  const started = performance.now();
  let done = 0;
  bar.start(Math.round(total), 0, { rate: '-' });
  return {
    add(walked) {
      done += walked;
      const rate = Math.round(done / Math.max(1e-3, (performance.now() - started) / 1e3));
      bar.update(Math.min(Math.round(total), done), { rate: rate.toLocaleString('en') });
    },
    stop() {
      bar.stop();
    },
  };
}
