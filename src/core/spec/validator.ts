import { Ajv, type ValidateFunction } from 'ajv';
import type { AttributesSchema } from '../ops/define-op.js';

const ajv = new Ajv({ allErrors: true, strict: false });
const compiled = new WeakMap<AttributesSchema, ValidateFunction>();

/** Compiled when first asked for. The page's policy forbids that: its build compiles all of them (`.dev/validators.js`). */
export function validatorOf(schema: AttributesSchema): ValidateFunction {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(schema);
    compiled.set(schema, validate);
  }
  return validate;
}
