// Writes src/core/spec/validator.ts for the page: schemas compiled beforehand, found by their text.
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';

/**
 * @param {readonly object[]} schemas all that `validatorOf` may be asked for
 * @returns {string} source of the module
 */
export function validatorsModule(schemas) {
  const texts = [...new Set(schemas.map((schema) => JSON.stringify(schema)))];
  const ajv = new Ajv({ allErrors: true, strict: false, code: { source: true, esm: true } });
  for (const [i, text] of texts.entries()) ajv.addSchema(JSON.parse(text), `v${i}`);
  const code = standalone.default(ajv, Object.fromEntries(texts.map((_, i) => [`v${i}`, `v${i}`])));
  const entries = texts.map((text, i) => `[${JSON.stringify(text)}, v${i}]`);
  return `${code}
const validators = new Map([${entries.join(',\n')}]);
export function validatorOf(schema) {
  const validate = validators.get(JSON.stringify(schema));
  if (validate === undefined) throw new Error('a schema was not compiled when the page was built');
  return validate;
}`;
}
