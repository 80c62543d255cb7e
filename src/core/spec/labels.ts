/**
 * Names of the layers that one entry of a spec file stands for. Blocks and repetitions are modules of their own, told
 * apart by a number: `bottleneck.17`, and `bottleneck_1.0` for the next entry of the kind in the same module.
 */
export class Labels {
  private base: string | undefined;

  constructor(
    private readonly module: string,
    /** How often each automatic name was given, by module and name. */
    private readonly given: Map<string, number>,
    /** Which repetition it is, where there are several. */
    private readonly index: () => number | undefined,
  ) {}

  /**
   * @param name as the file gives it
   * @param numbered whether the name tells repetitions apart by itself
   */
  of(kind: 'op' | 'block', type: string, name: string | undefined, numbered: boolean): string {
    const index = this.index();
    if (name !== undefined) return index === undefined || numbered ? name : `${name}.${index}`;
    // Ops are told apart by the builder.
    if (kind === 'op' && index === undefined) return type;
    const base = this.automatic(type);
    return index === undefined ? base : `${base}.${index}`;
  }

  /** A name that no other entry of the module has; the same for all repetitions. */
  automatic(type: string): string {
    if (this.base === undefined) {
      const key = `${this.module} ${type}`;
      const before = this.given.get(key) ?? 0;
      this.given.set(key, before + 1);
      this.base = before === 0 ? type : `${type}_${before}`;
    }
    return this.base;
  }
}
