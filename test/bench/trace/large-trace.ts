import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const TEMPLATE = new URL('../../../fixtures/profiles/pytorch/bert-small-h100.json.gz', import.meta.url);
/** Members that tie events together: each repetition has its own. */
const IDS = ['External id', 'correlation', 'Sequence number', 'Python id', 'Python parent id', 'Ev Idx'];

interface TemplateEvent {
  readonly ph: string;
  readonly cat?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly id?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** What events have in common from one repetition to the next: their names and shapes, or nothing (`varied`). */
export type Repeats = 'alike' | 'varied';

/**
 * A trace of many iterations: that of BERT-small on an H100, repeated with its own times and ids until it has so many bytes.
 * Varied, no shape comes twice, and no module or step of the profiler tells where an iteration begins.
 */
export function* largeTrace(bytes: number, repeats: Repeats = 'alike'): Generator<string> {
  const { traceEvents, ...rest } = JSON.parse(gunzipSync(readFileSync(TEMPLATE)).toString()) as {
    traceEvents: TemplateEvent[];
  };
  const timed = traceEvents.filter(({ ph }) => ph !== 'M');
  const from = Math.min(...timed.map(({ ts = 0 }) => ts));
  const span = Math.max(...timed.map(({ ts = 0, dur = 0 }) => ts + dur)) - from + 100;
  let text = `${JSON.stringify(rest).slice(0, -1)},"traceEvents":[${JSON.stringify(traceEvents.find(({ ph }) => ph === 'M'))}`;
  for (let written = 0, repeat = 0; written < bytes; repeat++) {
    for (const [i, event] of timed.entries()) {
      if (
        repeats === 'varied' &&
        (/^(python_function|user_annotation)$/.test(event.cat ?? '') || (i * 7919 + repeat * 10_473) % 9973 < 100)
      )
        continue;
      const args = Object.fromEntries(
        Object.entries(event.args ?? {}).map(([name, value]) => [
          name,
          IDS.includes(name) && typeof value === 'number'
            ? value + 1e6 * repeat
            : repeats === 'varied' && name === 'Input Dims'
              ? grown(value, repeat)
              : value,
        ]),
      );
      const id = event.id === undefined ? {} : { id: event.id + 1e6 * repeat };
      text += `,\n${JSON.stringify({ ...event, ...id, ts: (event.ts ?? 0) + span * repeat, ...(event.args === undefined ? {} : { args }) })}`;
    }
    written += text.length;
    yield text;
    text = '';
  }
  yield `${text}]}`;
}

/** Shapes with a first axis of another length, as those of a sequence that grows. */
function grown(dims: unknown, by: number): unknown {
  if (!Array.isArray(dims)) return dims;
  return dims.map((shape) => (Array.isArray(shape) && shape.length > 1 ? [1 + by, ...shape.slice(1)] : shape));
}

/** @returns bytes written */
export async function writeLargeTrace(path: string, bytes: number, repeats?: Repeats): Promise<number> {
  const stream = createWriteStream(path);
  for (const text of largeTrace(bytes, repeats)) if (!stream.write(text)) await once(stream, 'drain');
  stream.end();
  await once(stream, 'finish');
  return stream.bytesWritten;
}
