import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fitLatency, type LatencyFit, type Observation } from '../../src/core/analysis/latency/fit.js';

const CORE = fileURLToPath(new URL('../../src/core/', import.meta.url));
const LAW = [
  ...['fit', 'kernel', 'kernel-time', 'parameters', 'rates', 'tiles'].map((name) => `analysis/latency/${name}.ts`),
  'analysis/devices/sustained.ts',
  'statistics/robust-least-squares.ts',
];

export type Fit = (observations: readonly Observation[], start?: LatencyFit) => LatencyFit;

/** Fits as they are made; where a folder is given, those whose observations and law are the same come from it. */
export function fitsKeptIn(folder: string | undefined): Fit {
  if (folder === undefined) return fitLatency;
  mkdirSync(folder, { recursive: true });
  const law = sources();
  const digests = new WeakMap<Observation['kernels'], string>();
  return (observations, start) => {
    const hash = createHash('sha256').update(law);
    for (const { kernels, ...rest } of observations) {
      let digest = digests.get(kernels);
      if (digest === undefined) {
        digest = createHash('sha256').update(JSON.stringify(kernels)).digest('hex');
        digests.set(kernels, digest);
      }
      hash.update(digest).update(JSON.stringify(rest));
    }
    hash.update(JSON.stringify(start === undefined ? null : Array.from(start.shared)));
    const file = join(folder, `${hash.digest('hex')}.json`);
    if (existsSync(file)) return parse(readFileSync(file, 'utf8'));
    const fit = fitLatency(observations, start);
    writeFileSync(file, print(fit));
    return fit;
  };
}

/** The text of all that a fit depends on beside its observations. */
const sources = (): string => LAW.map((file) => readFileSync(join(CORE, file), 'utf8')).join('\n');

const print = ({ shared, byDevice }: LatencyFit): string =>
  JSON.stringify({
    shared: Array.from(shared),
    byDevice: Object.fromEntries([...byDevice].map(([id, own]) => [id, Array.from(own)])),
  });

function parse(text: string): LatencyFit {
  const { shared, byDevice } = JSON.parse(text) as { shared: number[]; byDevice: Record<string, number[]> };
  return {
    shared: Float64Array.from(shared),
    byDevice: new Map(Object.entries(byDevice).map(([id, own]) => [id, Float64Array.from(own)])),
  };
}
