import { ArchmeterError } from '../errors.js';
import type { GraphBuilder } from '../graph/builder.js';
import type { Value } from '../ir/graph.js';
import type { TensorType } from '../ir/tensor.js';
import { nearest } from '../nearest.js';
import type { Parameters } from '../spec/expression.js';
import type { AnyFamily, FamilyStep, TakeStep } from '../zoo/define-family.js';
import { registry } from '../zoo/families/registry.js';
import { checkOptions } from '../zoo/options.js';
import type { ModelChain, StepRuns } from './chain.js';

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
  const varied = names.filter((one) => !INPUT_PARAMETERS.includes(one));
  return new FamilyChain(
    family,
    variant,
    varied.filter((one) => !options.includes(one)),
    varied.filter((one) => options.includes(one)),
  );
}

type WalkSteps = (settings: Readonly<Record<string, unknown>>, take: TakeStep) => void;

class FamilyChain implements ModelChain {
  generation = 0;
  private readonly numbers = new Map<FamilyStep, number>();
  private readonly numbersByKey = new Map<string, number>();
  private steps: FamilyStep[] = [];
  /** Of the design before. */
  private input: TensorType = { shape: [], dtype: 'float32' };
  /** By the options that vary: most spaces vary none. */
  private readonly walks = new Map<string, WalkSteps>();
  /** Those of the design under way. */
  private readonly settings: Record<string, unknown>;

  constructor(
    private readonly family: AnyFamily,
    private readonly variant: AnyFamily['variants'][number],
    private readonly settingNames: readonly string[],
    private readonly optionNames: readonly string[],
  ) {
    this.settings = { ...variant.settings };
  }

  inputOf(values: Parameters): TensorType {
    const side = Number(values['resolution'] ?? this.variant.resolution ?? 224);
    const batch = Number(values['batch'] ?? 1);
    const [ownBatch, , ownSide] = this.input.shape;
    if (batch !== ownBatch || side !== ownSide) this.input = { shape: [batch, 3, side, side], dtype: 'float32' };
    return this.input;
  }

  stepsOf(values: Parameters, runs: StepRuns): void {
    const { settings, settingNames } = this;
    for (let i = 0; i < settingNames.length; i++) {
      const name = settingNames[i] as string;
      settings[name] = values[name];
    }
    this.walkOf(values)(settings, (step, times) => runs.add(this.numberOf(step), times));
  }

  keyOf(step: number): string {
    return (this.steps[step] as FamilyStep).key;
  }

  build(step: number, builder: GraphBuilder, input: Value): Value {
    return (this.steps[step] as FamilyStep).build(builder, input);
  }

  forget(): void {
    this.generation++;
    this.numbers.clear();
    this.numbersByKey.clear();
    this.walks.clear();
    this.steps = [];
  }

  private walkOf(values: Parameters): WalkSteps {
    let key = '';
    for (const name of this.optionNames) key += `${name}=${values[name]};`;
    let walk = this.walks.get(key);
    if (walk === undefined) {
      const options = this.optionsOf(values);
      walk =
        this.family.steps?.(options as never) ?? ((settings, take) => take(this.whole({ ...settings }, options), 1));
      this.walks.set(key, walk);
    }
    return walk;
  }

  private numberOf(step: FamilyStep): number {
    const known = this.numbers.get(step) ?? this.numbersByKey.get(step.key);
    if (known !== undefined) return known;
    const number = this.steps.length;
    this.steps.push(step);
    if (this.family.steps !== undefined) this.numbers.set(step, number);
    this.numbersByKey.set(step.key, number);
    return number;
  }

  private optionsOf(values: Parameters): Readonly<Record<string, unknown>> {
    const options: Record<string, unknown> = { classes: this.variant.classes ?? 1000, ...this.variant.options };
    for (const name of this.optionNames) options[name] = values[name];
    const { classes: _, ...own } = options;
    if (this.family.options !== undefined) checkOptions(`family '${this.family.name}'`, this.family.options, own);
    return options;
  }

  private whole(settings: unknown, options: unknown): FamilyStep {
    return {
      key: JSON.stringify([settings, options]),
      build: (builder, input) => this.family.build(builder, input, settings, options as never),
    };
  }
}
