import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import { slimMeasurement } from '../core/compose/slim-measurement.js';
import type { Measurement } from '../core/measurement.js';
import { EMPTY, type PageState } from './page-state.js';
import { dimsOf, pairsText, parametersOf } from './pairs.js';

/** What a link holds; keys are short, since every byte is typed into chats. */
interface Link {
  readonly m?: readonly string[];
  readonly b?: readonly string[];
  /** Paths and texts of specs. */
  readonly s?: readonly (readonly [string, string])[];
  readonly n?: number;
  readonly r?: number;
  readonly t?: string;
  readonly x?: 'fused';
  readonly o?: readonly string[];
  /** As typed: `deploy=true`. */
  readonly p?: string;
  readonly d?: string;
}

const KEY = 'open=';
/** A link is refused above it: a few letters may stand for gigabytes. */
const MOST_BYTES = 2 ** 20;

/** What a link can hold: files stay with the reader, but for specs that are edited. */
export function withoutFiles(state: PageState, files: ReadonlySet<string>): PageState {
  const references = state.references.filter((reference) => !files.has(reference) || reference in state.texts);
  return { ...state, references };
}

/** The fragment of a link to what is open. Files stay with the reader: they are left out. */
export function toFragment({ references, blocks, texts, settings }: PageState): string {
  const { batch, resolution, dtype, execution, on, parameters, dims } = settings;
  const written = Object.entries(texts).filter(([path]) => references.includes(path));
  const link: Link = {
    ...(references.length === 0 ? {} : { m: references }),
    ...(blocks.length === 0 ? {} : { b: blocks }),
    ...(written.length === 0 ? {} : { s: written }),
    ...(batch === undefined ? {} : { n: batch }),
    ...(resolution === undefined ? {} : { r: resolution }),
    ...(dtype === undefined ? {} : { t: dtype }),
    ...(execution === 'fused' ? { x: 'fused' } : {}),
    ...(on.length === 0 ? {} : { o: on }),
    ...(parameters === undefined ? {} : { p: pairsText(parameters) }),
    ...(dims === undefined ? {} : { d: pairsText(dims) }),
  };
  const bytes = deflateSync(strToU8(JSON.stringify(link)), { level: 9 });
  const text = btoa(String.fromCharCode(...bytes));
  return `#${KEY}${text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** Longer links are cut by chats and mail. */
const LONGEST_LINK = 32_000;
const RESULTS = 'timing.json';

/**
 * The fragment of a link to what is open and what was timed of it; undefined where that is more than links can hold.
 *
 * @param state without files
 */
export function withResults(state: PageState, measurement: Measurement): string | undefined {
  const fragment = toFragment({
    ...state,
    references: [...state.references.filter((reference) => reference !== RESULTS), RESULTS],
    texts: { ...state.texts, [RESULTS]: JSON.stringify(slimMeasurement(measurement)) },
  });
  return fragment.length > LONGEST_LINK ? undefined : fragment;
}

/** Whether a text in a link is a result, and no spec. */
export const isResult = (path: string) => path === RESULTS;

/** What a fragment holds; undefined where it is none of ours or damaged. */
export function fromFragment(fragment: string): PageState | undefined {
  if (!fragment.startsWith(`#${KEY}`)) return undefined;
  try {
    const text = fragment
      .slice(KEY.length + 1)
      .replaceAll('-', '+')
      .replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const buffer = inflateSync(bytes, { out: new Uint8Array(MOST_BYTES) });
    return stateOf(JSON.parse(strFromU8(buffer)) as Link);
  } catch {
    return undefined;
  }
}

function stateOf({ m, b, s, n, r, t, x, o, p, d }: Link): PageState {
  const texts = (list: unknown): string[] =>
    Array.isArray(list) ? list.filter((item) => typeof item === 'string').slice(0, 32) : [];
  const size = (value: unknown) =>
    Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
  return {
    ...EMPTY,
    references: texts(m),
    blocks: texts(b),
    texts: Object.fromEntries(
      (Array.isArray(s) ? s : [])
        .filter((pair) => Array.isArray(pair) && pair.length === 2 && pair.every((text) => typeof text === 'string'))
        .slice(0, 32),
    ),
    settings: {
      batch: size(n),
      resolution: size(r),
      dtype: typeof t === 'string' ? t : undefined,
      execution: x === 'fused' ? 'fused' : 'eager',
      on: texts(o),
      parameters: typeof p === 'string' ? parametersOf(p) : undefined,
      dims: typeof d === 'string' ? dimsOf(d) : undefined,
    },
  };
}
