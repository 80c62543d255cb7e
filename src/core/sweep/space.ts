import { isMap, isSeq, type Node } from 'yaml';
import { ArchmeterError } from '../errors.js';
import { nearest } from '../nearest.js';
import { SpecDocument } from '../spec/document.js';
import { METRICS } from '../units.js';
import { type Condition, readCondition } from './condition.js';
import type { SpaceParameter } from './designs.js';
import { type ParameterValue, type RangeDomain, rangeValues } from './domain.js';
import { FUSED_FIGURES, LOCAL_FIGURES } from './figures.js';
import type { Direction } from './front.js';

export const SPACE_SCHEMA = 'archmeter/space@1';

export interface Objective {
  /** A figure, or a parameter. */
  readonly name: string;
  readonly direction: Direction;
}

export const SAMPLE_METHODS = ['random', 'sobol', 'regnet'] as const;

/** Fewer designs than all of them. */
export interface Sampling {
  readonly method: (typeof SAMPLE_METHODS)[number];
  readonly count: number;
  readonly seed: number;
}

/** A design space: a model whose parameters vary. */
export interface Space {
  readonly name: string;
  readonly file: string;
  /** Where the model comes from: a spec file beside the space, or a family of the zoo. */
  readonly model:
    | { readonly kind: 'spec'; readonly path: string; readonly line: number | undefined }
    | {
        readonly kind: 'family';
        readonly family: string;
        readonly variant: string | undefined;
        readonly line: number | undefined;
      };
  readonly parameters: readonly SpaceParameter[];
  readonly constraints: readonly Condition[];
  readonly objectives: readonly Objective[];
  /** Devices to estimate for, by id. */
  readonly devices: readonly string[];
  /** Images at once; all figures are of the whole batch. Undefined: as the model says. */
  readonly batch: number | undefined;
  readonly sampling: Sampling | undefined;
}

const TOP_KEYS = [
  '$schema',
  'schema',
  'name',
  'description',
  'model',
  'family',
  'variant',
  'parameters',
  'constraints',
  'objectives',
  'devices',
  'batch',
  'sample',
];
const DOMAIN_KEYS = ['values', 'from', 'to', 'step', 'points', 'scale', 'round', 'when', 'otherwise'];
const SAMPLE_KEYS = ['method', 'count', 'seed'];
const NO_PARAMETERS = {};

/** Name of a device inside names of figures: `rtx-4090` in `estimatedLatencyMs_rtx_4090`. */
export const deviceKey = (id: string): string => id.replace(/\W+/g, '_');

/** Figures that designs of a space have. */
export function figuresOfSpace(devices: readonly string[]): string[] {
  const estimates = devices.flatMap((id) => [
    `estimatedLatencyMs_${deviceKey(id)}`,
    `estimatedEnergyJoules_${deviceKey(id)}`,
  ]);
  return [...LOCAL_FIGURES, 'peakActivationBytes', ...FUSED_FIGURES, ...estimates];
}

/** A figure's entry in `core/units.ts`. */
export function metricOfFigure(name: string): (typeof METRICS)[keyof typeof METRICS] | undefined {
  const plain = name
    .replace(/^(estimated[A-Za-z]+)_\w+$/, '$1')
    .replace(/^fused(Read|Write)Bytes$/, (_, part) => `${part.toLowerCase()}Bytes`);
  return Object.hasOwn(METRICS, plain) ? METRICS[plain as keyof typeof METRICS] : undefined;
}

/**
 * Reads a space file (YAML or JSON; format: `archmeter/schemas/space.json`).
 *
 * @throws ArchmeterError with file, line and column for anything wrong in it
 */
export function readSpace(text: string, file: string): Space {
  return new SpaceReader(new SpecDocument(text, file)).read();
}

class SpaceReader {
  constructor(private readonly document: SpecDocument) {}

  read(): Space {
    const { document } = this;
    const top = this.keys(document.root, 'a space file', TOP_KEYS, 'key');
    const schema = top.get('schema');
    if (schema && document.value(schema, NO_PARAMETERS) !== SPACE_SCHEMA) {
      throw document.error(`schema is not '${SPACE_SCHEMA}'`, `Write 'schema: ${SPACE_SCHEMA}'.`, schema);
    }
    const parameters = this.parameters(top.get('parameters'));
    const devices = this.list(top.get('devices'), 'devices').map((node) => this.text(node, 'devices'));
    const known = [...parameters.map(({ name }) => name), ...figuresOfSpace(devices)];
    const file = document.file.replace(/^.*[\\/]/, '').replace(/\.(ya?ml|json)$/i, '');
    const name = top.get('name');
    return {
      name: name ? this.text(name, 'name') : file,
      file: document.file,
      model: this.model(top),
      parameters,
      constraints: this.list(top.get('constraints'), 'constraints').map((node) => this.condition(node, known)),
      objectives: this.objectives(top.get('objectives'), known),
      devices,
      batch: this.batch(top.get('batch')),
      sampling: this.sampling(top.get('sample')),
    };
  }

  private model(top: ReadonlyMap<string, Node | null>): Space['model'] {
    const [model, family, variant] = [top.get('model'), top.get('family'), top.get('variant')];
    if ((model === undefined) === (family === undefined)) {
      const problem = model ? "a space has 'model' or 'family', not both" : "'model' is missing";
      throw this.document.error(
        problem,
        "Write 'model: my-spec.yaml' or 'family: regnet'.",
        model ?? this.document.root,
      );
    }
    if (model !== undefined) {
      return { kind: 'spec', path: this.text(model, 'model'), line: this.document.locate(model).line };
    }
    return {
      kind: 'family',
      family: this.text(family ?? null, 'family'),
      variant: variant ? this.text(variant, 'variant') : undefined,
      line: this.document.locate(family).line,
    };
  }

  private parameters(node: Node | null | undefined): SpaceParameter[] {
    if (!node)
      throw this.document.error(
        "'parameters' is missing",
        'List what varies, e.g. width: [32, 64].',
        this.document.root,
      );
    const found: SpaceParameter[] = [];
    for (const [name, value, keyNode] of this.document.entries(node, 'parameters')) {
      if (!/^[A-Za-z_]\w*$/.test(name)) {
        throw this.document.error(`'${name}' cannot name a parameter`, 'Use letters, digits and _.', keyNode);
      }
      if (figuresOfSpace([]).includes(name)) {
        throw this.document.error(`'${name}' is the name of a figure`, 'Choose another name.', keyNode);
      }
      found.push(
        this.parameter(
          name,
          value,
          found.map((one) => one.name),
        ),
      );
    }
    if (found.length === 0)
      throw this.document.error("'parameters' is empty", 'List what varies, e.g. width: [32, 64].', node);
    return found;
  }

  private parameter(name: string, node: Node | null, earlier: readonly string[]): SpaceParameter {
    const at = this.document.follow(node);
    if (!isMap(at)) {
      const values = isSeq(at)
        ? this.values(at, name)
        : [this.scalar(this.document.value(at, NO_PARAMETERS), name, at)];
      return { name, values, otherwise: values[0] as ParameterValue };
    }
    const keys = this.keys(at, `parameter '${name}'`, DOMAIN_KEYS, 'key');
    const when = keys.get('when');
    const condition = when ? this.condition(when, earlier) : undefined;
    const listed = keys.get('values');
    const values = listed ? this.values(listed, name) : this.range(keys, at, name);
    const otherwise = keys.get('otherwise');
    if (otherwise && !when) throw this.document.error("'otherwise' stands without 'when'", "Add 'when'.", otherwise);
    return {
      name,
      values,
      when: condition,
      otherwise: otherwise
        ? this.scalar(this.document.value(otherwise, NO_PARAMETERS), name, otherwise)
        : (values[0] as ParameterValue),
    };
  }

  private values(node: Node, name: string): ParameterValue[] {
    const items = this.document.items(node, `the values of '${name}'`);
    if (items.length === 0) throw this.document.error(`parameter '${name}' has no values`, 'List at least one.', node);
    const values = items.map((item) => this.scalar(this.document.value(item, NO_PARAMETERS), name, item));
    values.forEach((value, i) => {
      if (values.indexOf(value) !== i) {
        throw this.document.error(
          `parameter '${name}' lists ${JSON.stringify(value)} twice`,
          'Leave one out.',
          items[i],
        );
      }
    });
    return values;
  }

  private range(keys: ReadonlyMap<string, Node | null>, node: Node, name: string): number[] {
    const number = (key: string): number | undefined => {
      const at = keys.get(key);
      if (!at) return undefined;
      const value = this.document.value(at, NO_PARAMETERS);
      if (typeof value === 'number' && Number.isFinite(value) && (key === 'from' || key === 'to' || value > 0))
        return value;
      throw this.document.error(`'${key}' of '${name}' is ${JSON.stringify(value)}`, 'Give a number above 0.', at);
    };
    const [from, to, scale] = [number('from'), number('to'), keys.get('scale')];
    if (from === undefined || to === undefined) {
      throw this.document.error(
        `parameter '${name}' has neither values nor a range`,
        "Write e.g. '[32, 64]' or 'from: 32' and 'to: 64'.",
        node,
      );
    }
    const written = scale ? this.text(scale, 'scale') : 'linear';
    if (written !== 'linear' && written !== 'log') {
      throw this.document.error(`unknown scale '${written}'`, "There are 'linear' and 'log'.", scale);
    }
    const [step, points, round] = [number('step'), number('points'), number('round')];
    const range: RangeDomain = {
      from,
      to,
      scale: written,
      ...(step === undefined ? {} : { step }),
      ...(points === undefined ? {} : { points }),
      ...(round === undefined ? {} : { round }),
    };
    return this.located(node, () => rangeValues(range));
  }

  private condition(node: Node | null, known: readonly string[]): Condition {
    const condition = this.located(node, () => readCondition(this.text(node, 'condition')));
    // A word on one side of an equation may be a value; a name that is met nowhere else is taken as misspelt.
    const isEquation = /[=!]=/.test(condition.text);
    const odd = condition.names.find((name) => !known.includes(name));
    const isValue = isEquation && condition.names.some((name) => known.includes(name));
    if (odd !== undefined && !isValue) {
      const near = nearest(odd, known);
      throw this.document.error(
        `no parameter or figure is named '${odd}'`,
        near ? `Did you mean '${near}'?` : `There are ${known.join(', ')}.`,
        node,
      );
    }
    return condition;
  }

  private objectives(node: Node | null | undefined, known: readonly string[]): Objective[] {
    if (!node)
      return [
        { name: 'params', direction: 'min' },
        { name: 'madds', direction: 'min' },
      ];
    return this.document.entries(node, 'objectives').map(([name, value, keyNode]) => {
      if (!known.includes(name)) {
        const near = nearest(name, known);
        throw this.document.error(
          `no parameter or figure is named '${name}'`,
          near ? `Did you mean '${near}'?` : `There are ${known.join(', ')}.`,
          keyNode,
        );
      }
      const direction = this.text(value, name);
      if (direction === 'min' || direction === 'max') return { name, direction };
      throw this.document.error(`objective '${name}' is '${direction}'`, "Write 'min' or 'max'.", value);
    });
  }

  private batch(node: Node | null | undefined): number | undefined {
    if (!node) return undefined;
    const value = this.document.value(node, NO_PARAMETERS);
    if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
    throw this.document.error(`batch is ${JSON.stringify(value)}`, 'Give a whole number above 0.', node);
  }

  private sampling(node: Node | null | undefined): Sampling | undefined {
    if (!node) return undefined;
    const keys = this.keys(node, 'sample', SAMPLE_KEYS, 'key');
    const read = (key: string, fallback?: number): number => {
      const value = keys.get(key) ? this.document.value(keys.get(key), NO_PARAMETERS) : fallback;
      if (Number.isSafeInteger(value) && (value as number) >= (key === 'count' ? 1 : 0)) return value as number;
      throw this.document.error(
        `'${key}' of sample is ${JSON.stringify(value)}, not a whole number`,
        undefined,
        keys.get(key) ?? node,
      );
    };
    const method = this.text(keys.get('method') ?? null, 'method');
    if (!(SAMPLE_METHODS as readonly string[]).includes(method)) {
      throw this.document.error(
        `unknown method '${method}'`,
        `There are ${SAMPLE_METHODS.join(', ')}.`,
        keys.get('method') ?? node,
      );
    }
    return { method: method as Sampling['method'], count: read('count'), seed: read('seed', 1) };
  }

  private keys(
    node: Node | null | undefined,
    what: string,
    known: readonly string[],
    kind: string,
  ): Map<string, Node | null> {
    const entries = this.document.entries(node, what);
    for (const [key, , keyNode] of entries) {
      if (known.includes(key)) continue;
      const near = nearest(key, known);
      throw this.document.error(
        `unknown ${kind} '${key}'`,
        near ? `Did you mean '${near}'?` : `There are ${known.join(', ')}.`,
        keyNode,
      );
    }
    return new Map(entries.map(([key, value]) => [key, value]));
  }

  private list(node: Node | null | undefined, what: string): (Node | null)[] {
    return node ? this.document.items(node, what) : [];
  }

  private text(node: Node | null, what: string): string {
    return this.document.name(node, what, NO_PARAMETERS);
  }

  private scalar(value: unknown, name: string, node: Node | null): ParameterValue {
    if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
    throw this.document.error(
      `a value of '${name}' is ${JSON.stringify(value)}`,
      'Give a number, a text, true or false.',
      node,
    );
  }

  private located<T>(node: Node | null, read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw error instanceof ArchmeterError ? error.at(this.document.locate(node)) : error;
    }
  }
}
