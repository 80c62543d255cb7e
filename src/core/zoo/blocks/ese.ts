import { defineBlock } from '../define-block.js';
import { CENTERMASK } from '../facts/papers.js';
import { channelsOf, conv, globalPool } from '../parts/layers.js';

const options = { type: 'object', properties: {}, additionalProperties: false } as const;

/** A squeeze-and-excitation that keeps all channels: x · hardSigmoid(fc(mean(x))). */
export default defineBlock<Readonly<Record<string, never>>>({
  name: 'ese',
  title: 'eSE',
  summary:
    'Effective squeeze-and-excitation: global pooling, one 1x1 convolution C→C with bias, hard sigmoid, scaling.',
  paper: CENTERMASK,
  options,
  apply(builder, input) {
    const squeezed = globalPool(builder, input, 'pool');
    const excited = conv(builder, squeezed, 'fc', channelsOf(input), 1, { bias: true });
    const gate = builder.add('hardSigmoid', [excited], {}, { name: 'gate' });
    return builder.add('mul', [input, gate], {}, { name: 'scale' });
  },
});
