type SizeFunction = (...operands: number[]) => number;

const floorDiv = (x: number, y: number) => Math.floor(x / y);
const floorMod = (x: number, y: number) => x - y * Math.floor(x / y);
const same = (x: number) => x;
/** Python rounds halves to even. */
function roundHalfEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}
const sum = (...operands: number[]) => operands.reduce((total, x) => total + x, 0);
const product = (...operands: number[]) => operands.reduce((total, x) => total * x, 1);
const divide = (x: number, y: number) => x / y;

/** sympy's and torch's (torch/utils/_sympy/functions.py). */
const FUNCTIONS: Readonly<Record<string, SizeFunction>> = {
  Integer: same as SizeFunction,
  Float: same as SizeFunction,
  Rational: divide as SizeFunction,
  Half: () => 0.5,
  One: () => 1,
  Zero: () => 0,
  NegativeOne: () => -1,
  Add: sum,
  Mul: product,
  Pow: (x = 0, y = 0) => x ** y,
  PowByNatural: (x = 0, y = 0) => x ** y,
  FloatPow: (x = 0, y = 0) => x ** y,
  Max: (...operands) => Math.max(...operands),
  Min: (...operands) => Math.min(...operands),
  Neg: (x = 0) => -x,
  Abs: (x = 0) => Math.abs(x),
  FloorDiv: (x = 0, y = 0) => floorDiv(x, y),
  CleanDiv: (x = 0, y = 0) => floorDiv(x, y),
  CeilDiv: (x = 0, y = 0) => Math.ceil(x / y),
  Mod: (x = 0, y = 0) => floorMod(x, y),
  PythonMod: (x = 0, y = 0) => floorMod(x, y),
  ModularIndexing: (x = 0, y = 0, z = 0) => floorMod(floorDiv(x, y), z),
  TrueDiv: divide as SizeFunction,
  IntTrueDiv: divide as SizeFunction,
  FloatTrueDiv: divide as SizeFunction,
  floor: (x = 0) => Math.floor(x),
  ceiling: (x = 0) => Math.ceil(x),
  FloorToInt: (x = 0) => Math.floor(x),
  CeilToInt: (x = 0) => Math.ceil(x),
  TruncToInt: (x = 0) => Math.trunc(x),
  TruncToFloat: (x = 0) => Math.trunc(x),
  RoundToInt: (x = 0) => roundHalfEven(x),
  RoundDecimal: (x = 0, digits = 0) => roundHalfEven(x * 10 ** digits) / 10 ** digits,
  ToFloat: (x = 0) => x,
  Identity: (x = 0) => x,
  sqrt: (x = 0) => Math.sqrt(x),
  OpaqueUnaryFn_sqrt: (x = 0) => Math.sqrt(x),
  log: (x = 0) => Math.log(x),
  OpaqueUnaryFn_log: (x = 0) => Math.log(x),
  OpaqueUnaryFn_log2: (x = 0) => Math.log2(x),
  exp: (x = 0) => Math.exp(x),
  OpaqueUnaryFn_exp: (x = 0) => Math.exp(x),
  LShift: (x = 0, y = 0) => x * 2 ** y,
  RShift: (x = 0, y = 0) => floorDiv(x, 2 ** y),
  Eq: (x, y) => Number(x === y),
  Ne: (x, y) => Number(x !== y),
  Lt: (x = 0, y = 0) => Number(x < y),
  Le: (x = 0, y = 0) => Number(x <= y),
  Gt: (x = 0, y = 0) => Number(x > y),
  Ge: (x = 0, y = 0) => Number(x >= y),
  And: (...operands) => Number(operands.every((x) => x !== 0)),
  Or: (...operands) => Number(operands.some((x) => x !== 0)),
  Not: (x) => Number(x === 0),
  Where: (condition = 0, x = 0, y = 0) => (condition !== 0 ? x : y),
  /** Operands in pairs: value, condition. */
  Piecewise: (...operands) => {
    for (let i = 0; i + 1 < operands.length; i += 2) if (operands[i + 1] !== 0) return operands[i] as number;
    return Number.NaN;
  },
};

/** Names in srepr that differ from those above. */
const ALIASES: Readonly<Record<string, string>> = {
  Equality: 'Eq',
  Unequality: 'Ne',
  StrictLessThan: 'Lt',
  LessThan: 'Le',
  StrictGreaterThan: 'Gt',
  GreaterThan: 'Ge',
};

/** Functions on sizes, under the names that srepr and str give them. Truth values are 0 and 1. */
export const SIZE_FUNCTIONS: ReadonlyMap<string, SizeFunction> = new Map([
  ...Object.entries(FUNCTIONS),
  ...Object.entries(ALIASES).map(([alias, name]) => [alias, FUNCTIONS[name] as SizeFunction] as const),
]);
