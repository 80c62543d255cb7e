/** How a field of a protobuf message is kept. */
export type FieldKind =
  /** int32, int64, enum or bool: a number, exact to 2^53. */
  | 'int'
  | 'float'
  /** string or short bytes. */
  | 'text'
  /** Repeated, packed or not. Long ones (tables of decision trees) are not kept. */
  | 'ints'
  | 'floats'
  | 'texts'
  /** Contents of a tensor: only where they lie is kept. */
  | 'spans'
  | MessageField;

export interface MessageField {
  readonly repeated: boolean;
  schema(): Schema<unknown>;
}

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
}

/** A message type: what to make and which fields to keep, by number. Others are stepped over. */
export interface Schema<T> {
  readonly name: string;
  create(): T;
  readonly fields: Readonly<Record<number, Field>>;
}

/** Where in the file the contents of a tensor lie: [start, end). */
export interface Span {
  readonly start: number;
  end: number;
  /** Each element has its own tag before it: an unpacked repeated field. */
  readonly tagged: boolean;
}

export const one = (schema: () => Schema<unknown>): MessageField => ({ repeated: false, schema });
export const many = (schema: () => Schema<unknown>): MessageField => ({ repeated: true, schema });
