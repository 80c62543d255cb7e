/** Values by name as one types them: `deploy=true, width=0.5`. What is half typed is left out. */
const pairsOf = (text: string): (readonly [string, string])[] =>
  [...text.matchAll(/([\w.-]+)\s*=\s*([^\s,;]+)/g)].map(([, key, value]) => [key as string, value as string]);

const plainValue = (text: string): string | number | boolean =>
  text === 'true' || text === 'false' ? text === 'true' : /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;

type Parameters = Readonly<Record<string, string | number | boolean>>;

/** Undefined where there are none. */
export function parametersOf(text: string): Parameters | undefined {
  const pairs = pairsOf(text);
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs.map(([key, value]) => [key, plainValue(value)]));
}

/** Sizes alone: whole numbers from 1. */
export function dimsOf(text: string): Readonly<Record<string, number>> | undefined {
  const sizes = pairsOf(text).filter(([, value]) => /^[1-9]\d{0,8}$/.test(value));
  return sizes.length === 0 ? undefined : Object.fromEntries(sizes.map(([key, value]) => [key, Number(value)]));
}

export const pairsText = (values: Parameters): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
