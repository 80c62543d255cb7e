/**
 * Damages the model files and profiles of `fixtures/` in every way that the tests know, and times how each reader takes
 * them: a file must become a graph or one error of ours within `SLOW_MS`. What does not is written to the folder given.
 *
 * `npm run fuzz -- [seconds] [folder]`: default 60 seconds; a run of the night takes 3600.
 */
import { fork } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { gunzipSync, strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { analyze } from '../src/core/analysis/analyze.js';
import { ArchmeterError } from '../src/core/errors.js';
import { importModel } from '../src/core/importers/index.js';
import { memorySource } from '../src/core/importers/shared/bytes.js';
import { profileOf } from '../src/core/profile/profile.js';
import { readSpec } from '../src/core/spec/read-spec.js';
import { readTrace } from '../src/core/traces/index.js';
import { damagedBytes, damagedJson } from '../test/core/importers/damaged.js';

const SLOW_MS = 5000;
const WORKER = '--reader';
const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));
/** Larger files are slow to read undamaged. */
const MOST_BYTES = 2 ** 20;

interface Seed {
  readonly name: string;
  readonly damaged: fc.Arbitrary<Uint8Array>;
}

function modelFiles(folder: string): string[] {
  return readdirSync(join(FIXTURES, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(onnx|pt2|keras|h5|tflite|yaml)$|model\.json$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** torch writes infinities. */
const plainJson = (bytes: Uint8Array): unknown => JSON.parse(strFromU8(bytes).replace(/-?\b(Infinity|NaN)\b/g, 'null'));

/** A zip with one of its JSON files damaged, whole otherwise. */
function damagedArchive(bytes: Uint8Array): fc.Arbitrary<Uint8Array>[] {
  const files = unzipSync(bytes);
  return Object.keys(files)
    .filter((name) => name.endsWith('.json') && (files[name] as Uint8Array).length > 2)
    .map((name) =>
      damagedJson(plainJson(files[name] as Uint8Array)).map((text) =>
        zipSync({ ...files, [name]: strToU8(text) }, { level: 0 }),
      ),
    );
}

function seeds(): Seed[] {
  return ['onnx', 'pt2', 'keras', 'tfjs', 'tflite', 'specs'].flatMap(modelFiles).flatMap((path) => {
    const bytes = new Uint8Array(readFileSync(path));
    if (bytes.length > MOST_BYTES) return [];
    const name = path.slice(FIXTURES.length + 1);
    const ways = [damagedBytes(bytes)];
    if (name.endsWith('.json')) ways.push(damagedJson(plainJson(bytes)).map((text) => strToU8(text)));
    if (/\.(keras|pt2)$/.test(name)) ways.push(...damagedArchive(bytes));
    return ways.map((damaged) => ({ name, damaged }));
  });
}

/** Profiles, packed as they are and unpacked; an event of the smaller ones is damaged too. */
function profileSeeds(): Seed[] {
  return readdirSync(join(FIXTURES, 'profiles'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.json\.gz$|nsight.*\.csv$/.test(entry.name))
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      const bytes = new Uint8Array(readFileSync(path));
      const name = path.slice(FIXTURES.length + 1);
      if (!name.endsWith('.gz')) return [{ name, damaged: damagedBytes(bytes) }];
      const plain = gunzipSync(bytes);
      if (plain.length > MOST_BYTES) return [{ name, damaged: damagedBytes(bytes) }];
      return [damagedBytes(bytes), damagedBytes(plain), damagedJson(plainJson(plain)).map((text) => strToU8(text))].map(
        (damaged) => ({ name, damaged }),
      );
    });
}

/** What is wrong with how a file was taken; undefined where all is well. */
async function attempt(name: string, bytes: Uint8Array): Promise<string | undefined> {
  try {
    if (name.startsWith('profiles')) {
      profileOf(await readTrace(memorySource(name, bytes)), 'trace');
      return undefined;
    }
    const graph = name.endsWith('.yaml')
      ? await readSpec(strFromU8(bytes), name, {})
      : await importModel(memorySource(name, bytes));
    analyze(graph);
  } catch (error) {
    const { message } = error as Error;
    if (!(error instanceof ArchmeterError)) return `raw error: ${(error as Error).stack}`;
    if (/it cannot be read as|\n/.test(message)) return `unforeseen: ${message}`;
  }
  return undefined;
}

/** Takes damaged files one after the other, and says before and after each what it does. */
async function work(seed: number, until: number): Promise<void> {
  const all = [...seeds(), ...profileSeeds()];
  for (let round = 0; Date.now() < until; round++) {
    const { name, damaged } = all[(seed + round) % all.length] as Seed;
    const [bytes] = fc.sample(damaged, { numRuns: 1, seed: seed + round });
    process.send?.({ name, bytes });
    const problem = await attempt(name, bytes as Uint8Array);
    process.send?.({ name, bytes, done: true, problem });
  }
}

interface Message {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly done?: boolean;
  readonly problem?: string;
}

async function main(): Promise<void> {
  const [seconds = '60', folder = 'fuzz-findings'] = process.argv.slice(2);
  const until = Date.now() + Number(seconds) * 1000;
  let files = 0;
  let findings = 0;
  const keep = ({ name, bytes }: Message, problem: string) => {
    const file = join(folder, `${++findings}-${name.replaceAll('/', '-')}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, bytes);
    console.log(`${file}: ${problem.split('\n').slice(0, 3).join(' ')}`);
  };
  for (let seed = Number(process.env.SEED ?? Date.now() % 1e9); Date.now() < until; seed += 1_000_003) {
    const code = await new Promise<number | null>((resolve) => {
      const child = fork(fileURLToPath(import.meta.url), [WORKER, `${seed}`, `${until}`], {
        serialization: 'advanced',
      });
      let watch: NodeJS.Timeout | undefined;
      child.on('message', (message: Message) => {
        clearTimeout(watch);
        if (message.done) {
          files++;
          if (message.problem !== undefined) keep(message, message.problem);
          return;
        }
        watch = setTimeout(() => {
          keep(message, `still at it after ${SLOW_MS / 1000} s`);
          child.kill('SIGKILL');
        }, SLOW_MS);
      });
      child.on('exit', resolve);
    });
    if (code !== 0 && code !== null) throw new Error(`the reading process ended with ${code}`);
  }
  console.log(`${files} damaged files, ${findings} findings`);
  if (findings > 0) process.exitCode = 1;
}

const [first, seed, until] = process.argv.slice(2);
await (first === WORKER ? work(Number(seed), Number(until)) : main());
