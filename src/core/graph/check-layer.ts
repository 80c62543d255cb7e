import { ArchmeterError } from '../errors.js';
import type { Value } from '../ir/graph.js';
import { nearest } from '../nearest.js';
import { attributeInWords, isAttributeValue } from '../ops/attribute-values.js';
import type { OpDefinition } from '../ops/define-op.js';
import { OPS } from '../ops/index.js';

/**
 * The op of that name.
 *
 * @throws ArchmeterError where there is none, with the nearest name
 */
export function knownOp(name: string): OpDefinition {
  const op = OPS.get(name);
  if (op !== undefined) return op;
  const near = nearest(name, OPS.keys());
  throw new ArchmeterError(`no op is named '${name}'`, near === undefined ? undefined : `Did you mean '${near}'?`);
}

/**
 * What the types of `GraphBuilder.add` promise, checked as the program runs: as many inputs as the op takes, no
 * attribute that it does not know, none of a value that it does not take, none left out that it needs. Weights may be
 * left out, the builder makes them.
 *
 * @throws ArchmeterError that says what does not fit
 */
export function checkLayer(
  definition: OpDefinition,
  inputs: readonly (Value | undefined)[],
  attributes: Readonly<Record<string, unknown>>,
): void {
  checkInputs(definition, inputs);
  const { properties, required = [] } = definition.attributes;
  for (const key in attributes) {
    if (Object.hasOwn(properties, key)) {
      checkValue(definition.name, key, properties[key], attributes[key]);
      continue;
    }
    const known = Object.keys(properties);
    const near = nearest(key, known);
    const list = known.length === 0 ? 'It takes no attributes.' : `It takes ${known.join(', ')}.`;
    throw new ArchmeterError(
      `${definition.name} has no attribute '${key}'`,
      near === undefined ? list : `Did you mean '${near}'?`,
    );
  }
  for (const key of required) {
    if (attributes[key] === undefined) throw new ArchmeterError(`${definition.name} needs '${key}'`);
  }
}

function checkValue(op: string, key: string, schema: unknown, value: unknown): void {
  if (value === undefined || isAttributeValue(schema, value)) return;
  const { enum: choices } = schema as { readonly enum?: readonly unknown[] };
  const near = typeof value === 'string' ? nearest(value, (choices ?? []).map(String)) : undefined;
  const given = typeof value === 'number' ? String(value) : JSON.stringify(value);
  throw new ArchmeterError(
    `${op}'s '${key}' is ${given}, not ${attributeInWords(schema)}`,
    near === undefined ? undefined : `Did you mean '${near}'?`,
  );
}

function checkInputs({ name, inputs: slots }: OpDefinition, inputs: readonly (Value | undefined)[]): void {
  const last = slots[slots.length - 1];
  if (inputs.length > slots.length && !last?.variadic) {
    const most = `${slots.length} input${slots.length === 1 ? '' : 's'}`;
    throw new ArchmeterError(
      `${name} takes at most ${most}, not ${inputs.length}`,
      `Its inputs are ${slots.map((slot) => slot.name).join(', ')}.`,
    );
  }
  slots.forEach((slot, i) => {
    if (inputs[i] === undefined && !slot.optional && slot.weight === undefined) {
      throw new ArchmeterError(`${name} is missing its input '${slot.name}'`);
    }
  });
}
