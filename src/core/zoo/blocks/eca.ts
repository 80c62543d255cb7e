import { defineBlock } from '../define-block.js';
import { ECA_NET } from '../facts/papers.js';
import { channelsOf, globalPool } from '../parts/layers.js';

const options = { type: 'object', properties: {}, additionalProperties: false } as const;

/** A gate from the global average by a convolution across channels: x · sigmoid(conv(mean(x))). */
export default defineBlock<Readonly<Record<string, never>>>({
  name: 'eca',
  title: 'ECA',
  summary: 'Efficient channel attention: global pooling, one 1-d convolution across the channels, sigmoid, scaling.',
  paper: ECA_NET,
  options,
  apply(builder, input) {
    const [batch, channels] = input.shape as [number, number];
    // Kernel by the paper's equation 12 with gamma 2 and b 1, made odd, at least 3.
    const exact = Math.trunc(Math.abs(Math.log2(channelsOf(input)) + 1) / 2);
    const kernel = Math.max(exact % 2 === 1 ? exact : exact + 1, 3);
    let x = globalPool(builder, input, 'pool');
    x = builder.add('reshape', [x], { shape: [batch, 1, channels] });
    x = builder.add('conv', [x], { outChannels: 1, kernel, padding: kernel >> 1, bias: false }, { name: 'conv' });
    x = builder.add('sigmoid', [x], {}, { name: 'gate' });
    x = builder.add('reshape', [x], { shape: [batch, channels, 1, 1] });
    return builder.add('mul', [input, x], {}, { name: 'scale' });
  },
});
