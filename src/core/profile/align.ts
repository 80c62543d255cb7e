/** Cells of the table of an alignment; past it the longest increasing run of equal unique keys is taken instead. */
const MOST_CELLS = 30e6;

/**
 * Pairs of two sequences in their order, of greatest weight: a common subsequence (Needleman and Wunsch 1970, without
 * costs of gaps).
 *
 * @returns for each element of `left` the index of its partner in `right`, -1 where it has none
 */
export function align(left: readonly string[], right: readonly string[], weight: (key: string) => number): Int32Array {
  const partner = new Int32Array(left.length).fill(-1);
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) {
    partner[start] = start;
    start++;
  }
  let fromEnd = 0;
  while (
    left.length - fromEnd > start &&
    right.length - fromEnd > start &&
    left[left.length - 1 - fromEnd] === right[right.length - 1 - fromEnd]
  ) {
    partner[left.length - 1 - fromEnd] = right.length - 1 - fromEnd;
    fromEnd++;
  }
  const rows = left.length - fromEnd - start;
  const columns = right.length - fromEnd - start;
  if (rows === 0 || columns === 0) return partner;
  if (rows * columns > MOST_CELLS) {
    greedy(left.slice(start, start + rows), right.slice(start, start + columns)).forEach((at, i) => {
      if (at >= 0) partner[start + i] = start + at;
    });
    return partner;
  }
  const width = columns + 1;
  const best = new Float32Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    const key = left[start + i] as string;
    const gain = weight(key);
    for (let j = columns - 1; j >= 0; j--) {
      const skip = Math.max(best[(i + 1) * width + j] as number, best[i * width + j + 1] as number);
      const take = key === right[start + j] ? gain + (best[(i + 1) * width + j + 1] as number) : -1;
      best[i * width + j] = Math.max(skip, take);
    }
  }
  for (let i = 0, j = 0; i < rows && j < columns; ) {
    const here = best[i * width + j] as number;
    const key = left[start + i] as string;
    if (key === right[start + j] && here === Math.fround(weight(key) + (best[(i + 1) * width + j + 1] as number))) {
      partner[start + i++] = start + j++;
    } else if (here === best[(i + 1) * width + j]) i++;
    else j++;
  }
  return partner;
}

/** Next equal element, each in turn: for sequences too long for a table. */
function greedy(left: readonly string[], right: readonly string[]): Int32Array {
  const partner = new Int32Array(left.length).fill(-1);
  let from = 0;
  for (let i = 0; i < left.length; i++) {
    const at = right.indexOf(left[i] as string, from);
    if (at < 0 || at - from > 200) continue;
    partner[i] = at;
    from = at + 1;
  }
  return partner;
}
