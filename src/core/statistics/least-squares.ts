/**
 * Least squares by orthogonalising the columns twice (Gram and Schmidt); undefined where they are dependent.
 *
 * @param columns of norm near 1
 */
export function leastSquares(columns: readonly Float64Array[], target: readonly number[]): number[] | undefined {
  const basis: Float64Array[] = [];
  const triangle: number[][] = [];
  for (const column of columns) {
    const rest = Float64Array.from(column);
    const parts = new Array<number>(basis.length).fill(0);
    for (let pass = 0; pass < 2; pass++) {
      basis.forEach((direction, k) => {
        const part = dot(direction, rest);
        parts[k] = (parts[k] as number) + part;
        for (let i = 0; i < rest.length; i++) rest[i] = (rest[i] as number) - part * (direction[i] as number);
      });
    }
    const norm = Math.hypot(...rest);
    if (norm < 1e-10) return undefined;
    basis.push(rest.map((value) => value / norm));
    triangle.push([...parts, norm]);
  }
  const solution = new Array<number>(columns.length).fill(0);
  for (let k = columns.length - 1; k >= 0; k--) {
    let value = dot(basis[k] as Float64Array, target);
    for (let j = k + 1; j < columns.length; j++)
      value -= ((triangle[j] as number[])[k] as number) * (solution[j] as number);
    solution[k] = value / ((triangle[k] as number[])[k] as number);
  }
  return solution;
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
