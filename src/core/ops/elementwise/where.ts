import type { TensorType } from '../../ir/tensor.js';
import { defineOp } from '../define-op.js';
import { perOutputElement } from '../flops.js';
import { broadcast } from './broadcast.js';
import { promote } from './promote.js';

/** condition ? x : y, all three broadcast. */
export default defineOp<Readonly<Record<string, never>>>({
  name: 'where',
  kind: 'elementwise',
  summary: 'condition ? x : y',
  attributes: { type: 'object', properties: {}, additionalProperties: false },
  inputs: [{ name: 'condition' }, { name: 'x' }, { name: 'y' }],
  infer([condition, left, right]) {
    const x = left as TensorType;
    const y = right as TensorType;
    const shape = broadcast((condition as TensorType).shape, broadcast(x.shape, y.shape));
    return [{ shape, dtype: promote(x, y) }];
  },
  ...perOutputElement(1, '1 choice per output element'),
  evaluate: (_, condition, x, y) => (condition ? (x as number) : (y as number)),
});
