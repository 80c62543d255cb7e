import { nonNegativeLeastSquares } from '../../src/core/statistics/non-negative-least-squares.js';
import { familyOf } from './families.js';
import type { Row } from './tables.js';

/**
 * Estimates of rows of which only totals are known (timm's params, GMACs and MActs, and the resolution): a non-negative
 * linear fit of GMACs, MActs and params, corrected by a Gaussian process on the logarithms of its errors. The process
 * takes rows as alike that have like totals, and more so where they are of one family or one name.
 */
export function fitTotalsOnly(training: readonly Row[]): (row: Row) => number {
  const figures = ({ gmacs, macts, params }: Row) => [gmacs, macts, params, 0.001];
  const { coefficients } = nonNegativeLeastSquares(
    training.map((row) => figures(row).map((value) => value * row.imagesPerSecond)),
    training.map(() => 1),
  );
  const base = (row: Row) => figures(row).reduce((sum, value, i) => sum + value * (coefficients[i] as number), 0);
  const points = training.map(pointOf);
  const residuals = training.map((row) => -Math.log(row.imagesPerSecond * base(row)));
  const size = training.length;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) matrix[i * size + j] = likeness(points[i] as Point, points[j] as Point);
    matrix[i * size + i] = (matrix[i * size + i] as number) + NOISE ** 2;
  }
  const weights = solve(matrix, residuals);
  return (row) => {
    const point = pointOf(row);
    let correction = 0;
    points.forEach((other, i) => {
      correction += likeness(point, other) * (weights[i] as number);
    });
    return base(row) * Math.exp(correction);
  };
}

interface Point {
  readonly features: readonly number[];
  readonly family: string;
  readonly words: ReadonlySet<string>;
}

/** Deviation of times that no figure explains. */
const NOISE = 0.04;

function pointOf(row: Row): Point {
  const { gmacs, macts, params, resolution, model } = row;
  return {
    features: [
      0.5 * Math.log(gmacs + 0.005),
      Math.log((macts + 0.01) / (gmacs + 0.005)),
      0.5 * Math.log(params / (gmacs + 0.005)),
      Math.log(resolution),
    ],
    family: familyOf(model),
    words: wordsOf(model),
  };
}

/** Covariance of the logarithms of errors. */
function likeness(a: Point, b: Point): number {
  let distance = 0;
  a.features.forEach((value, i) => {
    distance += (value - (b.features[i] as number)) ** 2;
  });
  const near = Math.exp(-distance / 2);
  const shared = [...a.words].filter((word) => b.words.has(word)).length;
  const overlap = shared / (a.words.size + b.words.size - shared);
  const family = a.family === b.family ? 0.03 + 0.03 * Math.exp(-2 * distance) : 0;
  return 0.06 * near + family + overlap * (0.08 + 0.06 * near);
}

/** Parts of a name without their numbers: `vit_base_patch16_224` is vit, base, patch. */
function wordsOf(model: string): ReadonlySet<string> {
  return new Set(
    model
      .split('_')
      .map((part) => part.replace(/(?<=[a-z])[\d.]+.*$/, ''))
      .filter((part) => /[a-z]/.test(part)),
  );
}

/** Solves K·w = y by Cholesky's factorisation, in place; K in its lower triangle. */
function solve(matrix: Float64Array, target: readonly number[]): Float64Array {
  const size = target.length;
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let sum = matrix[i * size + j] as number;
      for (let k = 0; k < j; k++) sum -= (matrix[i * size + k] as number) * (matrix[j * size + k] as number);
      matrix[i * size + j] = i === j ? Math.sqrt(sum) : sum / (matrix[j * size + j] as number);
    }
  }
  const x = Float64Array.from(target);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i] = (x[i] as number) - (matrix[i * size + k] as number) * (x[k] as number);
    x[i] = (x[i] as number) / (matrix[i * size + i] as number);
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i] = (x[i] as number) - (matrix[k * size + i] as number) * (x[k] as number);
    x[i] = (x[i] as number) / (matrix[i * size + i] as number);
  }
  return x;
}
