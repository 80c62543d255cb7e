import type { TensorType } from '../ir/tensor.js';

/** Figures of a step or of two neighbours that a thread computed. */
export interface Found {
  readonly key: string;
  readonly figures: Float64Array;
  /** What goes out of a step; undefined where only figures were asked for. */
  readonly output?: TensorType | undefined;
}

/** How threads that sweep one space tell each other what they computed, so that none of them computes it again. */
export interface Exchange {
  tell(found: Found): void;
  /** What another told since the last call; undefined where nothing is left. */
  next(): Found | undefined;
}

/** What others told, by key. */
export class Heard {
  private readonly found = new Map<string, Found>();

  constructor(private readonly exchange: Exchange) {}

  /** What another thread computed, or else what `make` gives, which the others are told. */
  recall(key: string, make: () => Omit<Found, 'key'>): Omit<Found, 'key'> {
    for (let found = this.exchange.next(); found !== undefined; found = this.exchange.next()) {
      this.found.set(found.key, found);
    }
    const known = this.found.get(key);
    if (known !== undefined) {
      this.found.delete(key);
      return known;
    }
    const made = make();
    this.exchange.tell({ key, ...made });
    return made;
  }

  forget(): void {
    this.found.clear();
  }
}
