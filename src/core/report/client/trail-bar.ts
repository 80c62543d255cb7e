import type { ChartFocus, ChartTrail } from '../charts/define-chart.js';
import { el } from './dom.js';

/** Above a chart that can be narrowed: the way back step by step, and what lies within. Escape goes one step back. */
export class TrailBar {
  private readonly bar = el('nav', { class: 'trail', 'aria-label': 'Part shown' });
  private steps: ChartTrail['steps'] = [];

  constructor(
    frame: HTMLElement,
    plot: HTMLElement,
    private readonly go: (focus: ChartFocus | null) => void,
  ) {
    plot.before(this.bar);
    frame.addEventListener('keydown', ({ key }) => {
      const back = this.steps.at(-2);
      if (key === 'Escape' && back !== undefined) go(back.focus);
    });
  }

  show({ steps, within }: ChartTrail): void {
    this.steps = steps;
    const focused = this.bar.contains(document.activeElement);
    const last = steps.length - 1;
    const items = steps.map(({ label, focus }, i) => {
      if (i === last) return el('li', { 'aria-current': 'location' }, label);
      const button = el('button', { type: 'button' }, label);
      button.addEventListener('click', () => this.go(focus));
      return el('li', {}, button);
    });
    const select = el(
      'select',
      { 'aria-label': 'Show a part alone' },
      el('option', { value: '' }, 'Show alone …'),
      ...within.map(({ label }, i) => el('option', { value: i }, label)),
    );
    select.addEventListener('change', () => {
      const step = within[Number(select.value)];
      if (select.value !== '' && step !== undefined) this.go(step.focus);
    });
    this.bar.replaceChildren(el('ol', {}, ...items), ...(within.length === 0 ? [] : [select]));
    this.bar.hidden = last === 0 && within.length === 0;
    if (focused)
      (within.length === 0 ? this.bar.querySelector<HTMLElement>('li:nth-last-child(2) button') : select)?.focus();
  }
}
