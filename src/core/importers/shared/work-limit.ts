import { ArchmeterError } from '../../errors.js';

/** Nodes that a file may expand to: functions, branches, models in models, and every turn of a loop count. */
export const MOST_NODES = 100_000;
/** Seconds that reading a file may take. */
export const MOST_SECONDS = 60;

/** A small file can ask for work without end: past these limits it is refused. */
export class WorkLimit {
  private nodes = 0;
  private readonly end: number;

  constructor(private readonly now: () => number = Date.now) {
    this.end = now() + MOST_SECONDS * 1000;
  }

  /**
   * Counts nodes that are about to be read; a graph without any is work too.
   *
   * @throws ArchmeterError past either limit
   */
  add(nodes: number): void {
    this.nodes += Math.max(nodes, 1);
    if (this.nodes > MOST_NODES) {
      throw new ArchmeterError(`the model expands to more than ${MOST_NODES} nodes`, 'It may be damaged.');
    }
    if (this.now() > this.end) {
      throw new ArchmeterError(`reading the model takes more than ${MOST_SECONDS} seconds`, 'It may be damaged.');
    }
  }
}
