import { describe, expect, expectTypeOf, it } from 'vitest';
import { GraphBuilder } from '../../../src/core/graph/builder.js';
import type { Value } from '../../../src/core/ir/graph.js';
import type { OpAttributes, OpName } from '../../../src/core/ops/op-attributes.js';

/** Each misuse is an error of the compiler (`tsc` checks the directives of this file) and, past the compiler, of the builder. */
describe('what does not fit an op', () => {
  const builder = new GraphBuilder('m');
  const x = builder.input('x', [1, 3, 8, 8]);

  it('misspelt names of ops', () => {
    // @ts-expect-error no such op
    expect(() => builder.add('cnov', [x])).toThrow("layer 'cnov': no op is named 'cnov'. Did you mean 'conv'?");
    // @ts-expect-error no such op
    expect(() => builder.add('wibblewobble', [x])).toThrow("layer 'wibblewobble': no op is named 'wibblewobble'.");
  });

  it('unknown attributes', () => {
    expect(() =>
      // @ts-expect-error the attributes are stride and padding
      builder.add('conv', [x], { outChannels: 8, kernel: 3, strides: 2, padd: 1 }),
    ).toThrow("layer 'conv': conv has no attribute 'strides'. Did you mean 'stride'?");
    // @ts-expect-error the attribute is padding
    expect(() => builder.add('conv', [x], { outChannels: 8, kernel: 3, padd: 1 })).toThrow("Did you mean 'padding'?");
    // @ts-expect-error relu has none
    expect(() => builder.add('relu', [x], { slope: 1 })).toThrow(
      "relu has no attribute 'slope'. It takes no attributes.",
    );
    // @ts-expect-error far from any
    expect(() => builder.add('concat', [x, x], { wherever: 1 })).toThrow(
      "concat has no attribute 'wherever'. It takes axis.",
    );
  });

  it('attributes that are missing or of another kind', () => {
    // @ts-expect-error a convolution needs attributes
    expect(() => builder.add('conv', [x])).toThrow("conv needs 'outChannels'.");
    // @ts-expect-error a convolution needs a kernel
    expect(() => builder.add('conv', [x], { outChannels: 8 })).toThrow("conv needs 'kernel'.");
    expectTypeOf<OpAttributes['conv']['layout']>().toEqualTypeOf<'channelsFirst' | 'channelsLast' | undefined>();
    expectTypeOf<OpAttributes['linear']>().toHaveProperty('outFeatures').toEqualTypeOf<number>();
    expectTypeOf<'cnov'>().not.toExtend<OpName>();
  });

  it('values of the wrong type', () => {
    const stride = 'a whole number of at least 1 or a list of whole numbers of at least 1';
    // @ts-expect-error a text
    expect(() => builder.add('conv', [x], { outChannels: 8, kernel: '3' })).toThrow(
      `conv's 'kernel' is "3", not ${stride}.`,
    );
    expect(() => builder.add('conv', [x], { outChannels: 8, kernel: 3, stride: 0 })).toThrow(
      `conv's 'stride' is 0, not ${stride}.`,
    );
    expect(() => builder.add('conv', [x], { outChannels: 8, kernel: [3, Number.NaN] })).toThrow("conv's 'kernel' is [");
    // @ts-expect-error a number
    expect(() => builder.add('conv', [x], { outChannels: 8, kernel: 3, bias: 1 })).toThrow(
      "conv's 'bias' is 1, not true or false.",
    );
    // @ts-expect-error the form is named
    expect(() => builder.add('gelu', [x], { approximate: true })).toThrow(
      "gelu's 'approximate' is true, not 'none' or 'tanh'.",
    );
    expect(() => builder.addUntyped('globalAvgPool', [x], { layout: 'chanelsLast' })).toThrow(
      "globalAvgPool's 'layout' is \"chanelsLast\", not 'channelsFirst' or 'channelsLast'. Did you mean 'channelsLast'?",
    );
  });

  it('the number of inputs', () => {
    expect(() => builder.add('add', [x])).toThrow("add is missing its input 'right'.");
    expect(() => builder.add('relu', [x, x])).toThrow('relu takes at most 1 input, not 2. Its inputs are input.');
  });

  it('holds at the untyped entry too', () => {
    expectTypeOf(builder.addUntyped).returns.toEqualTypeOf<Value[]>();
    expect(() => builder.addUntyped('conv', [x], { outChannels: 8, kernel: 3, strides: 2 })).toThrow("mean 'stride'?");
    expect(() => builder.addUntyped('cnov', [x])).toThrow("Did you mean 'conv'?");
  });

  it('leaves out what is undefined', () => {
    const y = builder.add('conv', [x], { outChannels: 8, kernel: 3, stride: undefined });
    expect(y.shape).toEqual([1, 8, 6, 6]);
  });
});
