import { ArchmeterError } from '../errors.js';
import { GraphBuilder } from '../graph/builder.js';
import type { Graph } from '../ir/graph.js';
import type { DType, Shape } from '../ir/tensor.js';
import { lookUp, suggestModel, type ZooEntry } from './catalog.js';
import { checkOptions } from './options.js';

export interface BuildModelOptions {
  /** Default 1. */
  readonly batch?: number | undefined;
  /** Side of the square input image; default: the model's own. */
  readonly resolution?: number | undefined;
  /** Shape of the input, [C, H, W] or [N, C, H, W] (`batch` replaces N); instead of `resolution`. */
  readonly inputShape?: Shape | undefined;
  readonly classes?: number | undefined;
  /** Default float32. */
  readonly dtype?: DType | undefined;
  /** Options of the family; see `ZooEntry.options`. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** Builds a model of the zoo by name, with weights as shapes alone. Throws ArchmeterError on an unknown name or option. */
export async function buildModel(name: string, options: BuildModelOptions = {}): Promise<Graph> {
  const found = await lookUp(name);
  if (found === undefined) {
    const near = suggestModel(name);
    throw new ArchmeterError(
      `no model is named '${name}'`,
      near.length === 0 ? 'List the models with: archmeter zoo' : `Did you mean ${near.join(', ')}?`,
    );
  }
  const { entry, family, settings, aliased, written } = found;
  const classes = options.classes === undefined ? {} : { classes: options.classes };
  const all: Record<string, unknown> = { ...written, ...options.options, ...classes };
  const asked = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  checkOptions(`model '${entry.name}'`, entry.options, asked);
  const differing = Object.entries(asked).filter(([option, value]) => value !== entry.defaults[option]);
  const suffix = differing.map(([option, value]) => `${option}=${value}`).join(',');
  const builder = new GraphBuilder(suffix === '' ? entry.name : `${entry.name}:${suffix}`, options.dtype);
  const input = builder.input('input', inputShape(entry, options));
  const output = family.build(builder, input, settings, { ...entry.defaults, ...aliased, ...asked });
  return builder.finish([output], { format: 'zoo' });
}

function inputShape(entry: ZooEntry, options: BuildModelOptions): Shape {
  const side = options.resolution ?? entry.resolution;
  const shape = options.inputShape ?? [entry.inputChannels, side, side];
  const image = shape.length === 4 ? shape.slice(1) : shape;
  const full = [options.batch ?? (shape.length === 4 ? shape[0] : 1) ?? 1, ...image];
  if (full.length !== 4 || !full.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new ArchmeterError(
      `model '${entry.name}' takes images, not an input of shape ${shape.join('x')}`,
      'Give channels x height x width (or batch x channels x height x width), all positive whole numbers.',
    );
  }
  return full;
}
