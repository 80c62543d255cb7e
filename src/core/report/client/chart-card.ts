import { Chart } from 'chart.js';
import {
  type ChartContext,
  type ChartDefinition,
  type ChartFocus,
  type ChartPoint,
  hasLegend,
  hiddenIn,
  type LayerSelection,
  legendOf,
  notesOf,
  pageCaption,
  SHOWN_NOTES,
} from '../charts/define-chart.js';
import { LIGHT } from '../palette.js';
import type { ReportView } from '../view.js';
import { el, find } from './dom.js';
import { modelLabel } from './model-label.js';
import { numbersTable } from './numbers-table.js';
import { currentTheme } from './theme.js';
import { TrailBar } from './trail-bar.js';

/** What all charts share. */
export interface ChartSettings {
  view: ReportView;
  readonly family: string;
  readonly hidden: Set<number>;
  selection: LayerSelection | null;
  printing: boolean;
  onSelect(selection: LayerSelection): void;
}

/** Pixels that a chart is drawn in for paper, whatever the window. */
const PRINTED_WIDTH = 490;
/** Below this width charts leave out what does not fit. */
const NARROW = 480;

/** One chart on the page: its frame is in the HTML already. */
export class ChartCard {
  private chart: { destroy(): void } | null = null;
  private variant: string | null = null;
  private focus: ChartFocus | null = null;
  private stale = true;
  private narrow = false;
  private readonly plot: HTMLElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly numbers: HTMLElement;
  private readonly select: HTMLSelectElement;
  private readonly toggle: HTMLButtonElement;
  private readonly trail: TrailBar | null;

  constructor(
    private readonly frame: HTMLElement,
    private readonly definition: ChartDefinition,
    private readonly settings: ChartSettings,
  ) {
    this.plot = find('.plot', frame) as HTMLElement;
    this.canvas = find<HTMLCanvasElement>('canvas', frame) as HTMLCanvasElement;
    this.numbers = find('.numbers', frame) as HTMLElement;
    this.select = find<HTMLSelectElement>('.variant', frame) as HTMLSelectElement;
    this.toggle = find<HTMLButtonElement>('[data-numbers]', frame) as HTMLButtonElement;
    this.toggle.hidden = false;
    this.toggle.addEventListener('click', () => this.showNumbers(this.numbers.hidden));
    this.select.addEventListener('change', () => {
      this.variant = this.select.value;
      this.describe();
      this.redraw();
    });
    this.trail =
      definition.trail === undefined ? null : new TrailBar(frame, this.plot, (focus) => this.setFocus(focus));
    this.setView();
    new ResizeObserver(() => {
      const narrow = this.plot.clientWidth < NARROW;
      if (this.chart !== null && this.plot.clientWidth > 0 && narrow !== this.narrow) this.redraw();
    }).observe(this.plot);
  }

  /** Whether the chart shows layers, and so the selection. */
  get showsLayers(): boolean {
    return this.definition.section === 'cost';
  }

  /** Takes over the view of the settings: a chart without data for it hides. */
  setView(): void {
    const { view } = this.settings;
    const applies = this.definition.applies(view);
    this.frame.hidden = !applies;
    this.stale = true;
    if (!applies) return;
    const variants = this.definition.variants?.(view) ?? [];
    const kept = variants.some(({ id }) => id === this.variant) ? this.variant : (variants[0]?.id ?? null);
    this.variant = kept;
    this.focus = null;
    this.select.hidden = variants.length < 2;
    this.select.replaceChildren(
      ...variants.map(({ id, label }) => el('option', { value: id, selected: id === kept }, label)),
    );
    this.describe();
  }

  isInSight(): boolean {
    const { top, bottom } = this.plot.getBoundingClientRect();
    return top < window.innerHeight && bottom > 0;
  }

  /** Draws if anything has changed since the last drawing. */
  draw(): void {
    if (!this.stale || this.frame.hidden) return;
    this.stale = false;
    this.chart?.destroy();
    this.narrow = !this.settings.printing && this.plot.clientWidth < NARROW;
    const configuration = this.definition.build(this.context());
    const { printing, view } = this.settings;
    // On paper the picture is scaled to its column: it must not follow a layout that only paper has.
    if (printing) {
      this.canvas.width = PRINTED_WIDTH;
      this.canvas.height = this.definition.height(view, this.variant);
    }
    this.chart = new Chart(this.canvas, {
      ...configuration,
      options: {
        ...configuration.options,
        responsive: !printing,
        onClick: (event, _, chart) => this.onClick(event.native, chart),
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

  dispose(): void {
    this.chart?.destroy();
    this.chart = null;
    this.stale = false;
  }

  private onClick(native: Event | null, chart: Chart): void {
    if (native === null) return;
    const [hit] = chart.getElementsAtEventForMode(
      native,
      'nearest',
      { intersect: this.definition.id !== 'liveness' },
      true,
    );
    const point =
      hit === undefined ? undefined : (chart.data.datasets[hit.datasetIndex]?.data[hit.index] as unknown as ChartPoint);
    if (point?.focus !== undefined) this.setFocus(point.focus);
    else if (point?.layer !== undefined) this.settings.onSelect({ model: point.model, layer: point.layer });
  }

  private setFocus(focus: ChartFocus | null): void {
    this.focus = focus;
    this.describe();
    this.redraw();
  }

  private context(): ChartContext {
    const { view, family, selection, hidden, printing } = this.settings;
    return {
      view,
      theme: printing ? LIGHT : currentTheme(),
      font: { family, size: this.narrow ? 12 : 13 },
      width: printing ? PRINTED_WIDTH : this.plot.clientWidth,
      variant: this.variant,
      selection,
      hidden: hiddenIn(this.definition, view, hidden),
      // Paper shows the whole.
      focus: printing ? null : this.focus,
    };
  }

  /** Title, caption, notes, height and an open table follow view and variant. */
  describe(): void {
    const { view } = this.settings;
    if (!this.definition.applies(view)) return;
    const title = this.definition.title(view, this.variant);
    (find('.card-title', this.frame) as HTMLElement).textContent = title;
    (find('.caption', this.frame) as HTMLElement).textContent = pageCaption(this.definition, view, this.variant);
    const legend = hasLegend(this.definition, view, this.variant)
      ? legendOf(this.definition, view, this.settings.hidden).map(modelLabel)
      : [];
    find('.legend', this.frame)?.replaceChildren(...legend);
    find('.notes', this.frame)?.replaceChildren(...noteItems(notesOf(this.definition, view, this.variant)));
    this.canvas.setAttribute('aria-label', `${title}. The button Table shows its numbers.`);
    this.numbers.setAttribute('aria-label', `Numbers: ${title}`);
    const height = `${this.definition.height(view, this.variant)}px`;
    this.plot.style.flexBasis = height;
    this.numbers.style.flexBasis = height;
    if (!this.numbers.hidden) this.showNumbers(true);
    const trail = this.definition.trail?.(view, this.variant, this.focus);
    if (trail !== undefined) this.trail?.show(trail);
  }

  /** The table takes the place of the drawing. */
  private showNumbers(shown: boolean): void {
    this.numbers.hidden = !shown;
    this.plot.hidden = shown;
    this.toggle.textContent = shown ? 'Chart' : 'Table';
    this.toggle.setAttribute('aria-pressed', String(shown));
    if (shown) this.numbers.replaceChildren(numbersTable(this.definition.table(this.settings.view, this.variant)));
    else this.redraw();
  }
}

/** The first few notes; the rest folded. */
function noteItems(notes: readonly string[]): HTMLElement[] {
  const items = (list: readonly string[]) => list.map((note) => el('li', {}, note));
  const rest = notes.slice(SHOWN_NOTES);
  if (rest.length < 2) return items(notes);
  const folded = el('details', {}, el('summary', {}, `${rest.length} more`), el('ul', {}, ...items(rest)));
  return [...items(notes.slice(0, SHOWN_NOTES)), el('li', {}, folded)];
}
