import type { Unit } from '../../units.js';

/** A figure or parameter as a picture shows it. */
export interface SweepFigure {
  readonly name: string;
  readonly heading: string;
  /** For the head of a narrow column. */
  readonly short: string;
  readonly unit: Unit;
}

export interface SweepObjective extends SweepFigure {
  readonly direction: 'min' | 'max';
}

export interface SweepDesign {
  readonly design: number;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  readonly figures: Readonly<Record<string, number>>;
}

/** What a report of a sweep shows. */
export interface SweepReport {
  readonly name: string;
  /** What the figures rest on, in sentences. */
  readonly basis: readonly string[];
  readonly parameters: readonly string[];
  readonly objectives: readonly SweepObjective[];
  /** The front, by the first objective. */
  readonly front: readonly SweepDesign[];
  /** A sample of all designs: columns of equal length; none where only the front is known. */
  readonly cloud:
    | { readonly designs: number; readonly columns: Readonly<Record<string, readonly (number | string | boolean)[]>> }
    | undefined;
  readonly sensitivities: readonly {
    readonly parameter: string;
    readonly figure: string;
    readonly correlation: number;
    readonly ordered: boolean;
  }[];
  /** Spec files of designs by number, and where the full report of each lies, beside the page. */
  readonly specs: Readonly<Record<number, string>>;
  readonly reports: Readonly<Record<number, string>>;
  /** Where the designs lie: for the commands that the report tells. */
  readonly folder: string | undefined;
}

/** Value of a figure or parameter of a design. */
export function valueOfDesign(design: SweepDesign, name: string): number {
  return design.figures[name] ?? Number(design.parameters[name]);
}

/** Colours by the palette's names: CSS variables in a page, colours in a picture. */
export type Paint = (
  name: 'text' | 'mutedText' | 'line' | 'gridLine' | 'accent' | 'background' | 'm0' | 'm1' | 'm2',
) => string;
