import { ArchmeterError } from '../../errors.js';
import type { DType } from '../../ir/tensor.js';
import { parseExpression } from './expression.js';
import { list, number, record, text, variant } from './json.js';
import type { Argument, ProgramGraph, Scalar, Size } from './program.js';

/** ScalarType of the export schema, which is not c10's. */
const DTYPES: Readonly<Record<number, DType>> = {
  1: 'uint8',
  2: 'int8',
  3: 'int16',
  4: 'int32',
  5: 'int64',
  6: 'float16',
  7: 'float32',
  8: 'float64',
  10: 'complex64',
  11: 'complex128',
  12: 'bool',
  13: 'bfloat16',
  28: 'uint16',
  29: 'float8',
  30: 'float8',
  31: 'float8',
  32: 'float8',
  33: 'float8',
  34: 'uint32',
  35: 'uint64',
};

export function dtypeOf(code: number): DType {
  const dtype = DTYPES[code];
  if (dtype === undefined) throw new ArchmeterError(`element type ${code} of the export schema is not known`);
  return dtype;
}

/** SymInt, SymFloat or SymBool: `{"as_int": 3}` or `{"as_expr": {"expr_str": "…", "hint": {"as_int": 3}}}`. */
export function decodeSize(json: unknown): Size {
  const [tag, value] = variant(json, 'a size');
  if (tag === 'as_bool') return value === true ? 1 : 0;
  if (tag !== 'as_expr') return number(value, tag);
  const symbolic = record(value, tag);
  const expression = text(symbolic.expr_str, 'expr_str');
  const hint = symbolic.hint === null || symbolic.hint === undefined ? undefined : variant(symbolic.hint, 'hint')[1];
  return {
    expression: parseExpression(expression),
    text: expression,
    hint: typeof hint === 'boolean' ? Number(hint) : typeof hint === 'number' ? hint : undefined,
  };
}

export function decodeArgument(json: unknown, graph: (json: unknown) => ProgramGraph): Argument {
  const [tag, value] = variant(json, 'an argument');
  switch (tag) {
    case 'as_none':
      return { kind: 'none' };
    case 'as_tensor':
      return { kind: 'tensor', name: tensorName(value) };
    case 'as_tensors':
      return { kind: 'tensors', names: list(value, tag).map(tensorName) };
    case 'as_optional_tensor': {
      const name = optionalTensor(value);
      return name === undefined ? { kind: 'none' } : { kind: 'tensor', name };
    }
    case 'as_optional_tensors':
      return { kind: 'tensors', names: list(value, tag).map(optionalTensor) };
    case 'as_nested_tensors':
      return {
        kind: 'tensors',
        names: list(value, tag).flatMap((inner) => list(inner, tag).map(tensorName)),
      };
    case 'as_int':
    case 'as_float':
      return { kind: 'number', value: number(value, tag), real: tag === 'as_float' };
    case 'as_ints':
    case 'as_floats':
      return { kind: 'numbers', values: list(value, tag).map((item) => number(item, tag)) };
    case 'as_bools':
      return { kind: 'numbers', values: list(value, tag).map(Number) };
    case 'as_sym_int':
    case 'as_sym_float':
    case 'as_sym_bool':
      return { kind: 'number', value: symbolicScalar(value), real: tag === 'as_sym_float' };
    case 'as_sym_ints':
    case 'as_sym_floats':
    case 'as_sym_bools':
      return { kind: 'numbers', values: list(value, tag).map(symbolicScalar) };
    case 'as_bool':
      return { kind: 'boolean', value: value === true };
    case 'as_string':
    case 'as_operator':
      return { kind: 'text', value: text(value, tag) };
    case 'as_scalar_type':
      return { kind: 'dtype', value: dtypeOf(number(value, tag)) };
    case 'as_graph': {
      const inner = record(value, tag);
      return { kind: 'graph', name: text(inner.name, 'the name of a graph'), graph: graph(inner.graph) };
    }
    default:
      return { kind: 'other', type: tag };
  }
}

function tensorName(json: unknown): string {
  return text(record(json, 'a tensor').name, 'the name of a tensor');
}

function optionalTensor(json: unknown): string | undefined {
  const [tag, value] = variant(json, 'an optional tensor');
  return tag === 'as_tensor' ? tensorName(value) : undefined;
}

function symbolicScalar(json: unknown): Scalar {
  const [tag, value] = variant(json, 'a symbolic number');
  if (tag === 'as_name') return text(value, tag);
  return typeof value === 'boolean' ? Number(value) : number(value, tag);
}
