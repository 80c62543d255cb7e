import { Chart } from 'chart.js';
import type { ChartContext, ChartDefinition, ChartPoint, LayerSelection } from '../charts/define-chart.js';
import { LIGHT } from '../palette.js';
import type { ReportView } from '../view.js';
import { el, find } from './dom.js';
import { numbersTable } from './numbers-table.js';
import { currentTheme } from './theme.js';

/** What all charts share. */
export interface ChartSettings {
  readonly view: ReportView;
  readonly family: string;
  readonly hidden: Set<number>;
  selection: LayerSelection | null;
  printing: boolean;
  onSelect(selection: LayerSelection): void;
}

/** Below this width charts leave out what does not fit. */
const NARROW = 480;

/** One chart on the page: its frame is in the HTML already. */
export class ChartCard {
  private chart: { destroy(): void } | null = null;
  private variant: string | null;
  private stale = true;
  private narrow = false;
  private readonly plot: HTMLElement;
  private readonly canvas: HTMLCanvasElement;

  constructor(
    private readonly frame: HTMLElement,
    private readonly definition: ChartDefinition,
    private readonly settings: ChartSettings,
  ) {
    this.plot = find('.plot', frame) as HTMLElement;
    this.canvas = find<HTMLCanvasElement>('canvas', frame) as HTMLCanvasElement;
    const select = find<HTMLSelectElement>('.variant', frame);
    this.variant = select?.value ?? null;
    select?.addEventListener('change', () => {
      this.variant = select.value;
      this.describe();
      this.redraw();
    });
    find<HTMLDetailsElement>('.numbers', frame)?.addEventListener('toggle', () => this.fillTable());
    this.setHeight();
    new ResizeObserver(() => {
      const narrow = this.plot.clientWidth < NARROW;
      if (this.chart !== null && narrow !== this.narrow) this.redraw();
    }).observe(this.plot);
  }

  /** Whether the chart shows layers, and so the selection. */
  get showsLayers(): boolean {
    return this.definition.section === 'cost';
  }

  isNear(): boolean {
    const { top, bottom } = this.frame.getBoundingClientRect();
    return top < window.innerHeight * 1.5 && bottom > -window.innerHeight * 0.5;
  }

  /** Draws if anything has changed since the last drawing. */
  draw(): void {
    if (!this.stale) return;
    this.stale = false;
    this.chart?.destroy();
    this.narrow = this.plot.clientWidth < NARROW;
    const configuration = this.definition.build(this.context());
    const options = configuration.options ?? {};
    this.chart = new Chart(this.canvas, {
      ...configuration,
      options: {
        ...options,
        onClick: (event, _elements, chart) => {
          const native = event.native;
          if (native === null) return;
          const [hit] = chart.getElementsAtEventForMode(
            native,
            'nearest',
            { intersect: this.definition.id !== 'liveness', axis: 'xy' },
            true,
          );
          const raw =
            hit === undefined
              ? undefined
              : (chart.data.datasets[hit.datasetIndex]?.data[hit.index] as unknown as ChartPoint);
          if (raw?.layer !== undefined) this.settings.onSelect({ model: raw.model, layer: raw.layer });
        },
      },
    } as ConstructorParameters<typeof Chart>[1]);
    this.frame.dataset['drawn'] = '';
  }

  redraw(): void {
    this.stale = true;
    this.draw();
  }

  invalidate(): void {
    this.stale = true;
  }

  private context(): ChartContext {
    const { view, family, selection, hidden, printing } = this.settings;
    return {
      view,
      theme: printing ? LIGHT : currentTheme(),
      font: { family, size: this.narrow ? 12 : 13 },
      width: this.plot.clientWidth,
      variant: this.variant,
      selection,
      hidden,
    };
  }

  private setHeight(): void {
    this.plot.style.height = `${this.definition.height(this.settings.view, this.variant)}px`;
  }

  /** Title, caption, notes and an open table follow the variant. */
  private describe(): void {
    const { view } = this.settings;
    const title = this.definition.title(view, this.variant);
    (find('h3', this.frame) as HTMLElement).textContent = title;
    (find('.caption', this.frame) as HTMLElement).textContent = this.definition.caption(view, this.variant);
    (find('.notes', this.frame) as HTMLElement).replaceChildren(
      ...(this.definition.notes?.(view, this.variant) ?? []).map((note) => el('li', {}, note)),
    );
    this.canvas.setAttribute('aria-label', `${title}. The table below the chart holds its numbers.`);
    this.setHeight();
    this.fillTable();
  }

  private fillTable(): void {
    const details = find<HTMLDetailsElement>('.numbers', this.frame);
    if (details?.open !== true) return;
    find('.scroll', details)?.replaceChildren(numbersTable(this.definition.table(this.settings.view, this.variant)));
  }
}
