import type { Unit } from '../../units.js';

/** A figure of the models, on an axis or in a column. */
export interface ZooFigure {
  readonly name: string;
  readonly heading: string;
  readonly unit: Unit;
  readonly direction: 'min' | 'max';
}

/** A model in the picture. */
export interface ZooPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Nine times in ten x lay between these, where it is an estimate. */
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  /** What x was where it was measured. */
  readonly measured?: number | undefined;
  /** Whether no other model beats it in both figures. */
  readonly onFront: boolean;
  /** Said in its tooltip, one line each. */
  readonly lines: readonly string[];
}

/** Models by two figures: the picture, and what it rests on. */
export interface ZooScatter {
  readonly title: string;
  /** In sentences. */
  readonly basis: readonly string[];
  readonly x: ZooFigure;
  readonly y: ZooFigure;
  readonly points: readonly ZooPoint[];
  /** Columns of the table, and its rows by model. */
  readonly columns: readonly ZooFigure[];
  readonly rows: readonly {
    readonly name: string;
    readonly source: string;
    readonly values: readonly (number | null)[];
  }[];
}
