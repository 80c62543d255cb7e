import type { DType } from '../../../ir/tensor.js';
import { isList } from '../config.js';
import type { LayerCall, LayerLowering } from '../layer.js';

/** Look-ups in tables of texts and numbers: listed without a count, with the shapes that their configuration tells. */
function table(call: LayerCall, shape: readonly number[], reason: string, dtype: DType = 'int64') {
  const outputs = [{ shape, dtype: call.config.text('output_mode', 'int') === 'int' ? dtype : 'float32' }];
  return call.addAll('opaque', call.inputs, { type: call.layer.className, reason, outputs })[0];
}

/** Indices keep the shape; encodings have an axis of `depth`. */
function encoded(call: LayerCall, input: readonly number[], depth: number): number[] {
  const mode = call.config.text('output_mode', 'int');
  if (mode === 'int') return [...input];
  const rest = mode === 'one_hot' && input.at(-1) !== 1 ? input : input.slice(0, -1);
  return [...rest, depth];
}

/** Entries of the vocabulary with those for what is masked and for what is not in it. */
function vocabularySize(call: LayerCall): number {
  const { config } = call;
  if (config.boolean('pad_to_max_tokens', false) && config.has('max_tokens')) return config.size('max_tokens');
  const { vocabulary } = config.json;
  const size = isList(vocabulary)
    ? vocabulary.length
    : config.has('vocabulary_size')
      ? config.size('vocabulary_size')
      : 0;
  if (size === 0) {
    return config.has('max_tokens')
      ? config.size('max_tokens')
      : call.fail(
          'the file does not tell the size of its vocabulary',
          'Save it with max_tokens or with its vocabulary.',
        );
  }
  const unknown = config.integer('num_oov_indices', 1);
  const masked = config.text('output_mode', 'int') === 'int' && config.has('mask_token') ? 1 : 0;
  return size + unknown + masked;
}

const TABLE = 'a look-up in a table is not counted';

const lookup: LayerLowering = (call) => {
  const isIndex = call.config.text('output_mode', 'int') === 'int';
  return table(call, isIndex ? call.x.shape : encoded(call, call.x.shape, vocabularySize(call)), TABLE);
};

/** Texts, one for each sample, to as many indices as are asked for, or to one vector. */
const textVectorization: LayerLowering = (call) => {
  const { config } = call;
  const [batch = 1] = call.x.shape;
  if (config.text('output_mode', 'int') !== 'int') return table(call, [batch, vocabularySize(call)], TABLE);
  const length = config.has('output_sequence_length') ? config.size('output_sequence_length') : undefined;
  const recorded = call.options.knownOutputs?.[0]?.[1];
  const words = length ?? recorded;
  if (words === undefined) {
    call.builder.note(`How many words '${call.layer.fullName}' makes depends on the text; 1 is taken.`);
  }
  return table(call, [batch, words ?? 1], TABLE);
};

const HASH = 'hashing is not counted';

const hashing: LayerLowering = (call) => table(call, encoded(call, call.x.shape, call.config.size('num_bins')), HASH);

export const lookupLayers: Readonly<Record<string, LayerLowering>> = {
  StringLookup: lookup,
  IntegerLookup: lookup,
  IndexLookup: lookup,
  TextVectorization: textVectorization,
  Hashing: hashing,
  HashedCrossing: hashing,
};
