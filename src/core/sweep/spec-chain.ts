import { parseDocument } from 'yaml';
import { ArchmeterError } from '../errors.js';
import { GraphBuilder } from '../graph/builder.js';
import type { Value } from '../ir/graph.js';
import type { TensorType } from '../ir/tensor.js';
import type { OpKind } from '../ops/define-op.js';
import { OPS } from '../ops/index.js';
import { loadBlocks, type SpecBlock } from '../spec/blocks.js';
import { SpecDocument } from '../spec/document.js';
import { interpolate, type Parameters } from '../spec/expression.js';
import { appendSpecLayers, readSpec } from '../spec/read-spec.js';
import { ByValues } from './by-values.js';
import type { ModelChain, StepRuns } from './chain.js';

type Values = Parameters;
type Layer = string | Readonly<Record<string, unknown>>;

interface PlainSpec {
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly input?: unknown;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly layers: readonly Layer[];
  readonly outputs?: readonly string[];
}

/** A run of layers that hangs together with what follows by one value alone. */
interface Segment {
  readonly document: SpecDocument;
  /** By the space parameters that the layers depend on. */
  readonly numbers: ByValues<number>;
  /** How often in a row; an expression or a number. */
  readonly repeat: string | number;
  readonly times: ByValues<number>;
}

/** Ops that a kernel before or after them may take in, or that move nothing: no step is made of these alone. */
const LIGHT: ReadonlySet<OpKind> = new Set<OpKind>(['normalization', 'activation', 'elementwise', 'view', 'movement']);

/**
 * The chain of a layer-spec file whose parameters a space varies. Layers are cut apart wherever one value alone is
 * needed by what follows; layers that refer to earlier ones by name stay together with these.
 *
 * @throws ArchmeterError where the file is wrong with its parameters as they stand, or has several inputs
 */
export async function specChain(text: string, file: string, names: readonly string[]): Promise<ModelChain> {
  const graph = await readSpec(text, file);
  if (graph.inputs.length !== 1 || graph.outputs.length !== 1) {
    throw new ArchmeterError('a space needs a model of one input and one output', undefined, { file });
  }
  const spec = parseDocument(text, { merge: true }).toJS() as PlainSpec;
  for (const name of names) {
    if (Object.hasOwn(spec.parameters ?? {}, name)) continue;
    const known = Object.keys(spec.parameters ?? {});
    throw new ArchmeterError(
      `the model has no parameter '${name}'`,
      known.length > 0 ? `It has ${known.join(', ')}.` : "Add it under the spec's 'parameters'.",
      { file },
    );
  }
  return new SpecChain(spec, file, new Set(names), await loadBlocks());
}

class SpecChain implements ModelChain {
  generation = 0;
  private readonly segments: Segment[];
  private readonly inputName: string;
  private readonly inputTypes: ByValues<TensorType>;
  /** By step: its segment and the values it was first met with. */
  private steps: { readonly segment: Segment; readonly values: Values }[] = [];

  constructor(
    private readonly spec: PlainSpec,
    private readonly file: string,
    private readonly free: ReadonlySet<string>,
    private readonly blocks: ReadonlyMap<string, SpecBlock>,
  ) {
    const [name = 'input'] = Object.keys(spec.inputs ?? {});
    this.inputName = name;
    this.inputTypes = new ByValues(this.usesOf(spec.input ?? spec.inputs), (values) => {
      const input = spec.input ?? spec.inputs?.[name];
      return this.read(JSON.stringify({ parameters: spec.parameters ?? {}, input, layers: [] }), values);
    });
    this.segments = cut(spec, name).map(({ layers, repeat }) => {
      const segment: Segment = {
        document: new SpecDocument(JSON.stringify({ parameters: spec.parameters ?? {}, layers }), file),
        numbers: new ByValues(
          this.usesOf([layers]),
          (values) => this.steps.push({ segment, values: { ...values } }) - 1,
        ),
        repeat,
        times: new ByValues(this.usesOf([repeat]), (values) => this.times(repeat, values)),
      };
      return segment;
    });
  }

  inputOf(values: Values): TensorType {
    return this.inputTypes.of(values);
  }

  stepsOf(values: Values, runs: StepRuns): void {
    for (const { numbers, repeat, times } of this.segments) {
      runs.add(numbers.of(values), typeof repeat === 'number' ? repeat : times.of(values));
    }
  }

  forget(): void {
    this.generation++;
    for (const { numbers } of this.segments) numbers.forget();
    this.steps = [];
  }

  keyOf(step: number): string {
    const { segment, values } = this.steps[step] as (typeof this.steps)[number];
    return JSON.stringify([this.segments.indexOf(segment), ...segment.numbers.names.map((name) => values[name])]);
  }

  build(step: number, builder: GraphBuilder, input: Value): Value {
    const { segment, values } = this.steps[step] as (typeof this.steps)[number];
    const options = { parameters: values, blocks: this.blocks };
    return appendSpecLayers(segment.document, builder, { name: this.inputName, value: input }, options);
  }

  private read(text: string, values: Values): TensorType {
    const builder = new GraphBuilder('input');
    const options = { parameters: values, blocks: this.blocks };
    const { shape, dtype } = appendSpecLayers(new SpecDocument(text, this.file), builder, undefined, options);
    return { shape, dtype };
  }

  private times(repeat: string | number, values: Values): number {
    const times = interpolate(String(repeat), { ...this.derived(values), ...values });
    if (Number.isSafeInteger(times) && (times as number) >= 0) return times as number;
    throw new ArchmeterError(`repeat is ${JSON.stringify(times)}, not a whole number`, undefined, { file: this.file });
  }

  /** The spec's own parameters, computed from those that the space sets. */
  private derived(values: Values): Values {
    const all: Record<string, number | string | boolean> = {};
    for (const [name, value] of Object.entries(this.spec.parameters ?? {})) {
      if (Object.hasOwn(values, name)) all[name] = values[name] as number;
      else all[name] = typeof value === 'string' && value.includes('${') ? interpolate(value, all) : (value as number);
    }
    return all;
  }

  /** Free parameters that expressions in `part` read, through the spec's computed parameters too. */
  private usesOf(part: unknown): string[] {
    const found = new Set<string>();
    const visit = (text: string): void => {
      for (const [, expression = ''] of text.matchAll(/\$\{([^}]*)\}/g)) {
        for (const [name] of expression.matchAll(/[A-Za-z_]\w*/g)) {
          if (found.has(name)) continue;
          found.add(name);
          const value = this.spec.parameters?.[name];
          if (typeof value === 'string') visit(value);
        }
      }
    };
    visit(JSON.stringify(part ?? null));
    return [...found].filter((name) => this.free.has(name));
  }
}

/** Cuts the layers of a spec where one value alone is needed by what follows. */
function cut(spec: PlainSpec, inputName: string): { layers: Layer[]; repeat: string | number }[] {
  const { layers } = spec;
  const wanted = layers.map((layer) => referencesOf(layer));
  const lastUse = new Map<string, number>();
  wanted.forEach((names, at) => {
    for (const name of names) lastUse.set(name, at);
  });
  for (const name of spec.outputs ?? []) lastUse.set(name, layers.length);
  // A name computed by an expression may stand for any: nothing is cut then.
  const isOpen = [...lastUse.keys()].some((name) => name.includes('${'));
  const groups: Layer[][] = [];
  let heldUntil = lastUse.get(inputName) ?? -1;
  let hasHeavy = true;
  layers.forEach((layer, at) => {
    const last = groups[groups.length - 1];
    const starts = last === undefined || (!isOpen && at > heldUntil && isHeavy(layer) && hasHeavy);
    if (starts) groups.push([layer]);
    else last.push(layer);
    hasHeavy = isHeavy(layer) || (!starts && hasHeavy);
    for (const name of definedBy(layer)) heldUntil = Math.max(heldUntil, lastUse.get(name) ?? -1);
  });
  return groups.map((group) => spread(group));
}

/** A block that is repeated alone, the same each time, becomes as many steps. */
function spread(group: Layer[]): { layers: Layer[]; repeat: string | number } {
  const [layer] = group;
  if (group.length > 1 || layer === undefined || typeof layer === 'string') return { layers: group, repeat: 1 };
  const { repeat, ...rest } = layer;
  const alone = 'block' in layer && !('as' in layer) && !('name' in layer) && !('inputs' in layer);
  if (repeat === undefined || !alone || /\bindex\b/.test(JSON.stringify(rest))) return { layers: group, repeat: 1 };
  return { layers: [rest], repeat: repeat as string | number };
}

function isHeavy(layer: Layer): boolean {
  if (typeof layer !== 'string' && !('op' in layer)) return true;
  const kind = OPS.get(String(typeof layer === 'string' ? layer : layer['op']))?.kind;
  return kind !== undefined && !LIGHT.has(kind);
}

function definedBy(layer: Layer): string[] {
  if (typeof layer === 'string') return [];
  return [...namesIn(layer['as']), ...namesIn(layer['name']), ...nested(layer).flatMap(definedBy)];
}

function referencesOf(layer: Layer): string[] {
  if (typeof layer === 'string') return [];
  return [...namesIn(layer['inputs']), ...nested(layer).flatMap(referencesOf)];
}

/** Layers of a group; blocks may have an option of that name. */
function nested(layer: Readonly<Record<string, unknown>>): Layer[] {
  return Array.isArray(layer['layers']) ? (layer['layers'] as Layer[]) : [];
}

function namesIn(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}
