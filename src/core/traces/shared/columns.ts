/** Numbers in rows of a fixed width, in memory that grows by half: millions of events without an object each. */
export class Columns<Name extends string> {
  length = 0;
  private readonly columns: Float64Array[];
  private readonly at: Readonly<Record<Name, number>>;

  constructor(names: readonly Name[]) {
    this.columns = names.map(() => new Float64Array(1024));
    this.at = Object.fromEntries(names.map((name, i) => [name, i])) as Record<Name, number>;
  }

  /** Values in the order of the names. */
  add(...row: readonly number[]): void {
    if (this.length === (this.columns[0] as Float64Array).length) this.grow();
    for (let i = 0; i < row.length; i++) (this.columns[i] as Float64Array)[this.length] = row[i] as number;
    this.length++;
  }

  get(row: number, name: Name): number {
    return (this.columns[this.at[name]] as Float64Array)[row] as number;
  }

  set(row: number, name: Name, value: number): void {
    (this.columns[this.at[name]] as Float64Array)[row] = value;
  }

  private grow(): void {
    const room = Math.ceil(this.length * 1.5);
    for (let i = 0; i < this.columns.length; i++) {
      const wider = new Float64Array(room);
      wider.set(this.columns[i] as Float64Array);
      this.columns[i] = wider;
    }
  }
}

/** Texts by number, each kept once. */
export class Interned {
  readonly texts: string[] = [];
  private readonly ids = new Map<string, number>();

  idOf(text: string): number {
    const known = this.ids.get(text);
    if (known !== undefined) return known;
    this.texts.push(text);
    this.ids.set(text, this.texts.length - 1);
    return this.texts.length - 1;
  }

  of(id: number): string {
    return this.texts[id] ?? '';
  }
}
