import { defineRule } from '../define-rule.js';
import { convolutionAttributes, oneLayer } from '../rebuild.js';
import { layerSaving, percent, some } from '../savings.js';

const MULTIPLE = 8;

export default defineRule({
  source: 'NVIDIA, "Matrix multiplication background user\'s guide": 16-bit matrix units want multiples of 8',
  find(context) {
    const { graph, precision, device } = context;
    if (precision === 'float32' || device.tensorFloat16Tflops === null) return [];
    const off = (channels: number | undefined) => (channels ?? 0) % MULTIPLE !== 0;
    const up = (channels: number) => Math.ceil(channels / MULTIPLE) * MULTIPLE;
    const found = graph.nodes.filter((node) => {
      if (node.op !== 'conv' || Number(node.attributes['groups'] ?? 1) !== 1) return false;
      const input = graph.values[node.inputs[0] as number]?.shape[1] ?? 0;
      // An image's few channels are the data's, not the architecture's.
      return input > 4 && (off(input) || off(Number(node.attributes['outChannels'])));
    });
    if (found.length === 0) return [];
    const saving = layerSaving(
      context,
      found.map((node) => {
        const shape = graph.values[node.inputs[0] as number]?.shape ?? [];
        const attributes = convolutionAttributes(node, {});
        const outChannels = up(Number(node.attributes['outChannels']));
        return {
          now: oneLayer('conv', shape, attributes),
          changed: oneLayer('conv', shape.with(1, up(shape[1] ?? 1)), { ...attributes, outChannels }),
        };
      }),
    );
    if (saving === undefined) return [];
    const names = found.map(({ name }) => name);
    return [
      {
        id: 'channel-multiple',
        title: `Channel counts that are no multiple of ${MULTIPLE}`,
        detail: `${found.length} convolutions miss the fast path of matrix units. Rounded up to multiples of ${MULTIPLE} they would take ${percent(saving.fraction)} of the model's time less, although they compute more. See ${some(names)}.`,
        layers: names,
        figure: { name: 'misalignedConvolutions', value: found.length },
        saving,
      },
    ];
  },
});
