import type { GraphBuilder } from '../graph/builder.js';
import type { Value } from '../ir/graph.js';
import type { Paper } from './define-block.js';
import type { OptionsSchema } from './options.js';

/** Figures that the authors or the reference implementation print, to compare with what archmeter counts. */
export interface Published {
  /** Exact where the source is a library, rounded where it is a paper. */
  readonly params: number;
  /** Multiply-adds of one image at the variant's default resolution, rounded as printed. */
  readonly madds?: number;
  /** ImageNet-1k top-1 accuracy in percent, single crop, at the resolution named in `top1Source` where it differs. */
  readonly top1?: number;
  /** Where `params` and `madds` stand. */
  readonly source: string;
  /** Where `top1` stands; default: `source`. */
  readonly top1Source?: string;
}

/** Another name of a variant; it may stand for certain options, e.g. timm's layer names. */
export interface Alias<O> {
  readonly name: string;
  readonly options: Partial<O>;
}

/** One model of a family. */
export interface Variant<S, O> {
  /** As people type it: lower case, words joined with `-`. Look-up ignores case and separators: `plainName`. */
  readonly name: string;
  readonly aliases?: readonly (string | Alias<O>)[];
  readonly published?: Published;
  /** Where the variant comes from another publication than its family. */
  readonly paper?: Paper;
  /** Side of the square input image in pixels; default 224. */
  readonly resolution?: number;
  /** Channels of the input image; default 3. */
  readonly inputChannels?: number;
  /** Default 1000. */
  readonly classes?: number;
  /** What sets the variant apart: widths, depths. */
  readonly settings: S;
  /** Values of the family's options that this variant starts from. */
  readonly options?: Partial<O>;
}

/** Options that every family takes. */
export interface CommonOptions {
  readonly classes: number;
}

/** A piece of a model from one value to one value, for families that sweeps walk often. */
export interface FamilyStep {
  /** Everything that the piece depends on beside its input: equal keys are equal pieces. */
  readonly key: string;
  build(builder: GraphBuilder, input: Value): Value;
}

/** Takes a piece, so many times in a row. */
export type TakeStep = (step: FamilyStep, times: number) => void;

/** A family of models that one function builds. Layers are named as in the reference implementation. */
export interface FamilyDefinition<S, O = Record<never, never>> {
  readonly name: string;
  readonly title: string;
  readonly paper: Paper;
  /** Options beside `classes`. */
  readonly options?: OptionsSchema;
  readonly variants: readonly Variant<S, O>[];
  /**
   * The models of certain options as chains of steps, where they are that: a sweep then computes each step once. Equal
   * steps should be the same object: a sweep meets millions.
   */
  steps?(options: O & CommonOptions): (settings: S, take: TakeStep) => void;
  /** `input` is [N, C, H, W]; the result is [N, classes], of detectors [N, boxes, 5 + classes], of U-Nets an image of `classes` channels. */
  build(builder: GraphBuilder, input: Value, settings: S, options: O & CommonOptions): Value;
}

/** Any family, whatever its settings: what the registry holds. */
// biome-ignore lint/suspicious/noExplicitAny: settings are private to each family; options are checked by its schema
export type AnyFamily = FamilyDefinition<any, any>;

/** Gives a family file its types; the family is registered by the file being in `zoo/families`. */
export function defineFamily<S, O = Record<never, never>>(definition: FamilyDefinition<S, O>): FamilyDefinition<S, O> {
  return definition;
}
