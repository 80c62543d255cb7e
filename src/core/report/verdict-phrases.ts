import { significant } from './number-format.js';

/** How sure a sentence is, and of what. */
export type Certainty = 'exact' | 'measured' | 'estimated' | 'inconclusive' | 'caveat';

/** A piece of a sentence: words, or a model's name that a format may colour. */
export type Phrase = string | { readonly model: string };

export interface Sentence {
  readonly certainty: Certainty;
  readonly phrases: readonly Phrase[];
  /** A remark of the harness: many of them are folded together. */
  readonly fromHarness?: boolean;
}

export const say = (certainty: Certainty, ...phrases: readonly Phrase[]): Sentence => ({ certainty, phrases });

export const name = (model: string): Phrase => ({ model });

export function plainText({ phrases }: Sentence): string {
  return phrases.map((phrase) => (typeof phrase === 'string' ? phrase : phrase.model)).join('');
}

/** `a, b and c`. */
export function listPhrases(items: readonly (readonly Phrase[])[]): Phrase[] {
  return items.flatMap((item, i) => (i === 0 ? item : [i === items.length - 1 ? ' and ' : ', ', ...item]));
}

/** The first items as they are, the rest counted: `a, b and 7 others`. */
export function fewPhrases(items: readonly (readonly Phrase[])[], most: number): Phrase[] {
  if (items.length <= most) return listPhrases(items);
  const rest = items.length - most;
  return listPhrases([...items.slice(0, most), [`${rest} ${rest === 1 ? 'other' : 'others'}`]]);
}

/** Models that a sentence names; more are counted. */
export const MOST_NAMED = 3;

export function percent(fraction: number): string {
  return `${significant(fraction * 100, 2)} %`;
}

/** Whether a ratio is spoken of as a multiple, not as so many percent more. */
export function isMultiple(ratio: number): boolean {
  return ratio >= 1.995;
}

/** `4.0× the multiply-adds`, `49 % more memory access`. */
export function excess(ratio: number, noun: string): string {
  if (!isMultiple(ratio)) return `${percent(ratio - 1)} more ${noun}`;
  return `${ratio >= 10 ? significant(ratio) : ratio.toFixed(1)}× the ${noun}`;
}
