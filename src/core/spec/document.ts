import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { ArchmeterError, type ErrorLocation } from '../errors.js';
import { interpolate, type Parameters } from './expression.js';

/** Nodes a spec file may hold once aliases are followed: far above any model, far below what would hang. */
const MAX_NODES = 1_000_000;
const MAX_DEPTH = 64;

/** A YAML or JSON text whose every part knows its line and column. */
export class SpecDocument {
  private readonly document: Document;
  private readonly lines = new LineCounter();
  private visited = 0;

  constructor(
    text: string,
    readonly file: string,
  ) {
    this.document = parseDocument(text, { lineCounter: this.lines, uniqueKeys: true, merge: true });
    const error = this.document.errors[0];
    if (error) {
      const problem = (error.message.split('\n')[0] as string)
        .replace(/ at line \d+, column \d+:?$/, '')
        .replace(/\.$/, '')
        .replace('Maximum call stack size exceeded', 'it is nested too deeply');
      throw new ArchmeterError(`not valid YAML: ${problem}`, undefined, { file, ...this.position(error.pos[0]) });
    }
  }

  /** A document that is read again and again expands anew each time. */
  startReading(): void {
    this.visited = 0;
  }

  get root(): Node | null {
    return this.document.contents as Node | null;
  }

  /** Where a node stands. */
  locate(node: Node | null | undefined): ErrorLocation {
    return { file: this.file, ...(node?.range ? this.position(node.range[0]) : {}) };
  }

  error(problem: string, fix: string | undefined, node: Node | null | undefined, layer?: string): ArchmeterError {
    return new ArchmeterError(problem, fix, { ...this.locate(node), layer });
  }

  /** Aliases followed to what they name. */
  follow(node: Node | null | undefined): Node | null {
    let at = node ?? null;
    for (let hops = 0; isAlias(at); hops++) {
      if (hops > MAX_DEPTH) throw this.error('aliases refer to each other', undefined, at);
      const target: Node | undefined = at.resolve(this.document);
      if (target === undefined) throw this.error(`alias '*${at.source}' names nothing`, undefined, at);
      at = target;
    }
    return at;
  }

  /** Keys and nodes of a mapping, in order; throws where it is none. */
  entries(node: Node | null | undefined, what: string): [key: string, value: Node | null, keyNode: Node | null][] {
    const map = this.follow(node);
    if (!isMap(map)) throw this.error(`${what} must be a mapping`, undefined, map ?? node);
    return map.items.map((pair) => {
      const key = pair.key as Node | null;
      if (!isScalar(key)) throw this.error('keys must be plain words', undefined, key ?? map);
      return [String(key.value), pair.value as Node | null, key];
    });
  }

  items(node: Node | null | undefined, what: string): (Node | null)[] {
    const list = this.follow(node);
    if (!isSeq(list)) throw this.error(`${what} must be a list`, undefined, list ?? node);
    return list.items as (Node | null)[];
  }

  /** The plain value of a node, `${…}` replaced. */
  value(node: Node | null | undefined, parameters: Parameters, depth = 0): unknown {
    if (++this.visited > MAX_NODES) throw this.error('the file expands to too many values', undefined, node);
    if (depth > MAX_DEPTH) throw this.error('the file is nested too deeply', undefined, node);
    const at = this.follow(node);
    if (at === null) return null;
    if (isSeq(at)) return at.items.map((item) => this.value(item as Node, parameters, depth + 1));
    if (isMap(at)) {
      const entries = this.entries(at, 'a value');
      return Object.fromEntries(entries.map(([key, value]) => [key, this.value(value, parameters, depth + 1)]));
    }
    const plain: unknown = isScalar(at) ? at.value : null;
    if (typeof plain === 'bigint') return Number(plain);
    if (typeof plain !== 'string' || !plain.includes('${')) return plain;
    try {
      return interpolate(plain, parameters);
    } catch (error) {
      throw error instanceof ArchmeterError ? error.at(this.locate(at)) : error;
    }
  }

  /** A value that names something; throws where it is a list, a mapping or nothing. */
  name(node: Node | null | undefined, what: string, parameters: Parameters): string {
    const value = this.value(node, parameters);
    if (value !== null && typeof value !== 'object') return String(value);
    const found = Array.isArray(value) ? 'a list' : value === null ? 'empty' : 'a mapping';
    throw this.error(`'${what}' must be a name, and is ${found}`, undefined, node);
  }

  /** The node at a path of keys and indices below `node`, as deep as the path can be followed. */
  find(node: Node | null, path: readonly string[]): Node | null {
    let at = this.follow(node);
    for (const part of path) {
      let next: Node | null | undefined;
      if (isMap(at))
        next = at.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === part)?.value as Node;
      else if (isSeq(at)) next = at.items[Number(part)] as Node;
      if (!next) return at;
      at = this.follow(next);
    }
    return at;
  }

  private position(offset: number): { line: number; column: number } {
    const { line, col } = this.lines.linePos(offset);
    return { line, column: col };
  }
}
