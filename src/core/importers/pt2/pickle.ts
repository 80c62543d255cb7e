import { ArchmeterError } from '../../errors.js';

/**
 * What a pickle describes, with nothing run: calls stay records of a function's name and its arguments. Enough for the
 * state dicts that torch.save writes (protocol 2 to 4).
 */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | readonly Pickled[]
  | ReadonlyMap<Pickled, Pickled>
  | PickledName
  | PickledCall;

/** A class or function, e.g. `torch._utils _rebuild_tensor_v2`. */
export class PickledName {
  constructor(readonly name: string) {}
}

export class PickledCall {
  constructor(
    readonly name: string,
    readonly operands: readonly Pickled[],
  ) {}
}

const MARK = Symbol('mark');
type Slot = Pickled | typeof MARK;

/** What an operation gives that puts nothing on the stack. */
const NOTHING = Symbol('nothing');

const MAX_OPERATIONS = 10_000_000;

export function readPickle(bytes: Uint8Array): Pickled {
  return new Unpickler(bytes).run();
}

class Unpickler {
  private readonly view: DataView;
  private readonly stack: Slot[] = [];
  private readonly memo = new Map<number, Pickled>();
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): Pickled {
    for (let count = 0; count < MAX_OPERATIONS && this.at < this.bytes.length; count++) {
      const operation = this.view.getUint8(this.at++);
      if (operation === 0x2e) return this.pop();
      const value = this.step(operation);
      if (value !== NOTHING) this.stack.push(value);
    }
    throw this.error('it does not end');
  }

  /** Opcodes by their names in Python's pickletools. */
  private step(operation: number): Slot | typeof NOTHING {
    switch (String.fromCharCode(operation)) {
      case '\x80': // PROTO
        this.at += 1;
        return NOTHING;
      case '\x95': // FRAME
        this.at += 8;
        return NOTHING;
      case '}':
        return new Map();
      case ']':
      case ')':
        return [];
      case 'N':
        return null;
      case '\x88':
        return true;
      case '\x89':
        return false;
      case '(':
        return MARK;
      case '0': // POP
        this.stack.pop();
        return NOTHING;
      case 'K':
        return this.unsigned(1);
      case 'M':
        return this.unsigned(2);
      case 'J':
        return this.unsigned(4) | 0;
      case '\x8a': // LONG1
        return this.long(this.unsigned(1));
      case 'G': // BINFLOAT
        this.at += 8;
        return this.view.getFloat64(this.at - 8);
      case 'X':
        return this.text(this.unsigned(4));
      case '\x8c':
        return this.text(this.unsigned(1));
      case 'c': // GLOBAL
        return new PickledName(`${this.line()} ${this.line()}`);
      case '\x93': {
        // STACK_GLOBAL
        const name = this.pop();
        return new PickledName(`${this.pop()} ${name}`);
      }
      case 'q': // BINPUT
        return this.remember(this.unsigned(1));
      case 'r':
        return this.remember(this.unsigned(4));
      case '\x94': // MEMOIZE
        return this.remember(this.memo.size);
      case 'h': // BINGET
        return this.recall(this.unsigned(1));
      case 'j':
        return this.recall(this.unsigned(4));
      case 't':
        return this.toMark();
      case '\x85':
        return [this.pop()];
      case '\x86':
        return this.last(2);
      case '\x87':
        return this.last(3);
      case 'R': {
        const [callee, operands] = this.last(2);
        const name = callee instanceof PickledName ? callee.name : '';
        // An ordered dictionary is made empty, then filled.
        if (name === 'collections OrderedDict') return new Map();
        return new PickledCall(name, Array.isArray(operands) ? operands : []);
      }
      case 'Q': // BINPERSID
        return this.pop();
      case 'b': // BUILD: attributes of an object
        this.pop();
        return NOTHING;
      case 's':
        return this.setItems(this.last(2));
      case 'u':
        return this.setItems(this.toMark());
      case 'a':
        return this.append([this.pop()]);
      case 'e':
        return this.append(this.toMark());
      default:
        throw this.error(`operation ${operation} is not known`);
    }
  }

  private pop(): Pickled {
    const value = this.stack.pop();
    if (value === undefined || value === MARK) throw this.error('a value is missing');
    return value as Pickled;
  }

  private last(count: number): Pickled[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  private toMark(): Pickled[] {
    const mark = this.stack.lastIndexOf(MARK);
    if (mark < 0) throw this.error('a mark is missing');
    const values = this.stack.splice(mark);
    return values.slice(1) as Pickled[];
  }

  private setItems(items: readonly Pickled[]): typeof NOTHING {
    const target = this.stack.at(-1);
    if (!(target instanceof Map)) throw this.error('a dictionary is missing');
    for (let i = 0; i + 1 < items.length; i += 2) target.set(items[i], items[i + 1]);
    return NOTHING;
  }

  private append(items: readonly Pickled[]): typeof NOTHING {
    const target = this.stack.at(-1);
    if (!Array.isArray(target)) throw this.error('a list is missing');
    for (const item of items) target.push(item);
    return NOTHING;
  }

  private remember(index: number): typeof NOTHING {
    this.memo.set(index, this.stack.at(-1) as Pickled);
    return NOTHING;
  }

  private recall(index: number): Pickled {
    const value = this.memo.get(index);
    if (value === undefined) throw this.error(`memo ${index} is missing`);
    return value;
  }

  private unsigned(bytes: 1 | 2 | 4): number {
    this.at += bytes;
    if (bytes === 1) return this.view.getUint8(this.at - 1);
    return bytes === 2 ? this.view.getUint16(this.at - 2, true) : this.view.getUint32(this.at - 4, true);
  }

  /** Little-endian; sizes of tensors are not negative. */
  private long(bytes: number): number {
    let value = 0;
    for (let i = 0; i < bytes; i++) value += this.view.getUint8(this.at + i) * 2 ** (8 * i);
    this.at += bytes;
    return value;
  }

  private text(bytes: number): string {
    if (this.at + bytes > this.bytes.length) throw this.error('a text is cut off');
    this.at += bytes;
    return new TextDecoder().decode(this.bytes.subarray(this.at - bytes, this.at));
  }

  private line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.error('a name is cut off');
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }

  private error(problem: string): ArchmeterError {
    return new ArchmeterError(`a pickle is damaged: ${problem}`);
  }
}
