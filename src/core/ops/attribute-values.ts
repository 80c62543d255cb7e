/** The parts of JSON Schema that attributes are described with. */
interface SchemaPart {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly oneOf?: readonly SchemaPart[];
  readonly items?: SchemaPart;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Whether a value of an attribute is one that its schema describes. */
export function isAttributeValue(schema: unknown, value: unknown): boolean {
  const part = schema as SchemaPart;
  if (part.oneOf !== undefined) return part.oneOf.some((choice) => isAttributeValue(choice, value));
  if (part.enum !== undefined) return part.enum.includes(value);
  switch (part.type) {
    case 'integer':
      return Number.isInteger(value) && isLargeEnough(part, value as number);
    case 'number':
      return typeof value === 'number' && !Number.isNaN(value) && isLargeEnough(part, value);
    case 'array':
      return Array.isArray(value) && hasItems(part, value);
    case 'object':
      return typeof value === 'object' && value !== null;
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    default:
      return typeof value === 'string';
  }
}

function isLargeEnough({ minimum, exclusiveMinimum }: SchemaPart, value: number): boolean {
  return !(minimum !== undefined && value < minimum) && !(exclusiveMinimum !== undefined && value <= exclusiveMinimum);
}

function hasItems({ items, minItems = 0, maxItems = Number.POSITIVE_INFINITY }: SchemaPart, list: readonly unknown[]) {
  if (list.length < minItems || list.length > maxItems) return false;
  for (const item of list) if (items !== undefined && !isAttributeValue(items, item)) return false;
  return true;
}

/** What an attribute takes, in words: `a whole number of at least 1 or a list of whole numbers of at least 1`. */
export function attributeInWords(schema: unknown): string {
  const part = schema as SchemaPart | undefined;
  if (part === undefined) return '';
  if (part.oneOf) return [...new Set(part.oneOf.map(attributeInWords))].filter(Boolean).join(' or ');
  if (part.enum) return part.enum.map((choice) => `'${choice}'`).join(' or ');
  if (part.type === 'integer')
    return part.minimum === undefined ? 'a whole number' : `a whole number of at least ${part.minimum}`;
  if (part.type === 'number') return 'a number';
  if (part.type === 'boolean') return 'true or false';
  if (part.type === 'string') return 'a text';
  if (part.type === 'null') return 'null';
  if (part.type === 'array') return `a list of ${plural(attributeInWords(part.items))}`;
  return '';
}

function plural(text: string): string {
  if (text === '') return 'values';
  return text
    .replace(/^a whole number/, 'whole numbers')
    .replace(/^a number/, 'numbers')
    .replace(/^a list/, 'lists');
}
