import { ArchmeterError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import type { ZooFigure } from '../../core/report/zoo/scatter-input.js';
import { ZOO_FIGURES, type ZooModel } from './figures.js';

const CONDITION = /^\s*([\w-]+)\s*(<=|>=|<|>|=)\s*([\d.]+(?:e\d+)?)\s*([kMGT]?)\s*$/;
const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** The figure of that name; `-` and case do not matter. */
export function figureNamed(typed: string, option: string): ZooFigure {
  const plain = (text: string) => text.toLowerCase().replaceAll('-', '');
  const found = ZOO_FIGURES.find(({ name }) => plain(name) === plain(typed));
  if (found !== undefined) return found;
  const names = ZOO_FIGURES.map(({ name }) => name);
  const near = nearest(typed, names);
  throw new ArchmeterError(
    `${option}: there is no figure '${typed}'`,
    near === undefined ? `Figures: ${names.join(', ')}.` : `Did you mean '${near}'? Figures: ${names.join(', ')}.`,
  );
}

/** `params<10M,top1>=78`: models that meet every condition; one without a figure meets none about it. */
export function parseConditions(texts: readonly string[]): (model: ZooModel) => boolean {
  const conditions = texts
    .flatMap((text) => text.split(','))
    .filter((text) => text.trim() !== '')
    .map((text) => {
      const match = CONDITION.exec(text);
      if (match === null) {
        throw new ArchmeterError(
          `--where: '${text.trim()}' is no condition`,
          'Write a figure, one of < <= > >= = and a number, e.g. params<10M or top1>=78.',
        );
      }
      const [, name, operator, digits, factor] = match as unknown as [string, string, string, string, string];
      const limit = Number(digits) * (FACTORS[factor] as number);
      return { figure: figureNamed(name, '--where'), operator, limit };
    });
  return ({ values }) =>
    conditions.every(({ figure, operator, limit }) => {
      const value = values[figure.name];
      return value !== undefined && holds(value, operator, limit);
    });
}

function holds(value: number, operator: string, limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    default:
      return value === limit;
  }
}

/** Best first; models without the figure last. */
export function sortedBy(models: readonly ZooModel[], { name, direction }: ZooFigure): ZooModel[] {
  const sign = direction === 'min' ? 1 : -1;
  const worst = direction === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const of = (model: ZooModel) => model.values[name] ?? worst;
  return [...models].sort((a, b) => sign * (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0));
}

/** Models that no other beats in both figures, by the second one, best first; models without one of them left out. */
export function frontOf(models: readonly ZooModel[], first: ZooFigure, second: ZooFigure): ZooModel[] {
  const value = (model: ZooModel, { name, direction }: ZooFigure) =>
    (direction === 'min' ? 1 : -1) * (model.values[name] as number);
  let best = Number.POSITIVE_INFINITY;
  return models
    .filter(({ values }) => values[first.name] !== undefined && values[second.name] !== undefined)
    .sort((a, b) => value(a, second) - value(b, second) || value(a, first) - value(b, first))
    .filter((model) => {
      const own = value(model, first);
      if (own >= best) return false;
      best = own;
      return true;
    });
}
