import { ArchmeterError } from '../errors.js';
import type { GraphBuilder } from '../graph/builder.js';
import type { Value } from '../ir/graph.js';
import type { TensorType } from '../ir/tensor.js';
import { nearest } from '../nearest.js';
import type { Parameters } from '../spec/expression.js';
import type { AnyFamily, FamilyStep } from '../zoo/define-family.js';
import { registry } from '../zoo/families/registry.js';
import { checkOptions } from '../zoo/options.js';
import type { ModelChain } from './chain.js';

/** Parameters of the input, beside those of the family. */
const INPUT_PARAMETERS = ['resolution', 'batch'];

/**
 * The chain of a zoo family whose settings and options a space varies, starting from one of its variants. A family that
 * does not tell its steps is one step, built anew for each design.
 *
 * @throws ArchmeterError where there is no such family, variant or setting
 */
export async function familyChain(
  name: string,
  variantName: string | undefined,
  names: readonly string[],
): Promise<ModelChain> {
  const families = registry as Record<string, () => Promise<{ default: AnyFamily }>>;
  const load = Object.hasOwn(families, name) ? families[name] : undefined;
  if (load === undefined) {
    const near = nearest(name, Object.keys(families));
    throw new ArchmeterError(
      `the zoo has no family '${name}'`,
      near ? `Did you mean '${near}'?` : `It has ${Object.keys(families).join(', ')}.`,
    );
  }
  const { default: family } = await load();
  const variant =
    variantName === undefined ? family.variants[0] : family.variants.find((one) => one.name === variantName);
  if (variant === undefined) {
    const known = family.variants.map((one) => one.name);
    const near = nearest(String(variantName), known);
    throw new ArchmeterError(
      `family '${name}' has no variant '${variantName}'`,
      near ? `Did you mean '${near}'?` : `It has ${known.join(', ')}.`,
    );
  }
  const settings = variant.settings as Readonly<Record<string, unknown>>;
  const options = ['classes', ...Object.keys(family.options?.properties ?? {})];
  const known = [...Object.keys(settings), ...options, ...INPUT_PARAMETERS];
  for (const parameter of names) {
    if (known.includes(parameter)) continue;
    const near = nearest(parameter, known);
    throw new ArchmeterError(
      `family '${name}' has no setting '${parameter}'`,
      near ? `Did you mean '${near}'?` : `It has ${known.join(', ')}.`,
    );
  }
  return new FamilyChain(family, variant, new Set(options));
}

class FamilyChain implements ModelChain {
  private readonly numbers = new Map<string, number>();
  private readonly steps: FamilyStep[] = [];
  /** Options of the design before, and what it varied of them: most designs have the same. */
  private last: { readonly varied: string; readonly options: Readonly<Record<string, unknown>> } | undefined;

  constructor(
    private readonly family: AnyFamily,
    private readonly variant: AnyFamily['variants'][number],
    private readonly optionNames: ReadonlySet<string>,
  ) {}

  inputOf(values: Parameters): TensorType {
    const side = Number(values['resolution'] ?? this.variant.resolution ?? 224);
    return { shape: [Number(values['batch'] ?? 1), 3, side, side], dtype: 'float32' };
  }

  stepsOf(values: Parameters): readonly number[] {
    const settings: Record<string, unknown> = { ...this.variant.settings };
    let varied = '';
    for (const name in values) {
      if (INPUT_PARAMETERS.includes(name)) continue;
      if (this.optionNames.has(name)) varied += `${name}=${values[name]};`;
      else settings[name] = values[name];
    }
    if (this.last?.varied !== varied) this.last = { varied, options: this.optionsOf(values) };
    const { options } = this.last;
    const steps = this.family.steps?.(settings, options as never) ?? [this.whole(settings, options)];
    return steps.map((step) => {
      let number = this.numbers.get(step.key);
      if (number === undefined) {
        number = this.steps.length;
        this.steps.push(step);
        this.numbers.set(step.key, number);
      }
      return number;
    });
  }

  private optionsOf(values: Parameters): Readonly<Record<string, unknown>> {
    const options: Record<string, unknown> = { classes: this.variant.classes ?? 1000, ...this.variant.options };
    for (const [name, value] of Object.entries(values)) if (this.optionNames.has(name)) options[name] = value;
    const { classes: _, ...own } = options;
    if (this.family.options !== undefined) checkOptions(`family '${this.family.name}'`, this.family.options, own);
    return options;
  }

  build(step: number, builder: GraphBuilder, input: Value): Value {
    return (this.steps[step] as FamilyStep).build(builder, input);
  }

  private whole(settings: unknown, options: unknown): FamilyStep {
    return {
      key: JSON.stringify([settings, options]),
      build: (builder, input) => this.family.build(builder, input, settings, options as never),
    };
  }
}
