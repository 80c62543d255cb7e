/** How long the page was in the background, where browsers hold timers and the GPU back. */
export class HiddenClock {
  private total = 0;
  private since: number | undefined;

  start(): void {
    this.total = 0;
    if (this.since !== undefined) this.since = performance.now();
  }

  set(hidden: boolean): void {
    if (hidden) this.since ??= performance.now();
    else {
      this.total = this.milliseconds();
      this.since = undefined;
    }
  }

  seconds(): number {
    return this.milliseconds() / 1000;
  }

  private milliseconds(): number {
    return this.total + (this.since === undefined ? 0 : performance.now() - this.since);
  }
}
