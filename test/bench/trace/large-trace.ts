import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const TEMPLATE = new URL('../../../fixtures/profiles/pytorch/bert-small-h100.json.gz', import.meta.url);
/** Members that tie events together: each repetition has its own. */
const IDS = ['External id', 'correlation', 'Sequence number', 'Python id', 'Python parent id', 'Ev Idx'];

interface TemplateEvent {
  readonly ph: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly id?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A trace of many iterations: that of BERT-small on an H100, repeated with its own times and ids until it has so many bytes. */
export function* largeTrace(bytes: number): Generator<string> {
  const { traceEvents, ...rest } = JSON.parse(gunzipSync(readFileSync(TEMPLATE)).toString()) as {
    traceEvents: TemplateEvent[];
  };
  const timed = traceEvents.filter(({ ph }) => ph !== 'M');
  const from = Math.min(...timed.map(({ ts = 0 }) => ts));
  const span = Math.max(...timed.map(({ ts = 0, dur = 0 }) => ts + dur)) - from + 100;
  let text = `${JSON.stringify(rest).slice(0, -1)},"traceEvents":[${JSON.stringify(traceEvents.find(({ ph }) => ph === 'M'))}`;
  for (let written = 0, repeat = 0; written < bytes; repeat++) {
    for (const event of timed) {
      const args = Object.fromEntries(
        Object.entries(event.args ?? {}).map(([name, value]) => [
          name,
          IDS.includes(name) && typeof value === 'number' ? value + 1e6 * repeat : value,
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

/** @returns bytes written */
export async function writeLargeTrace(path: string, bytes: number): Promise<number> {
  const stream = createWriteStream(path);
  for (const text of largeTrace(bytes)) if (!stream.write(text)) await once(stream, 'drain');
  stream.end();
  await once(stream, 'finish');
  return stream.bytesWritten;
}
