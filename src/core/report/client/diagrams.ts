import { blockGraph } from '../diagram/boxes.js';
import { BOX_WIDTH } from '../diagram/layout.js';
import { type DiagramScope, defaultScope, drawableScopes } from '../diagram/scopes.js';
import { drawBlock } from '../diagram/svg.js';
import { modelClass } from '../html/parts.js';
import { formatFigure } from '../number-format.js';
import type { ReportModel, ReportView } from '../view.js';
import { all, el, find } from './dom.js';
import { modelLabel } from './model-label.js';
import type { Store } from './state.js';

/** Pixels of the widest line among all drawings. */
const WIDEST = 13;

interface Drawing {
  readonly model: ReportModel;
  readonly scopes: readonly DiagramScope[];
  readonly place: HTMLElement;
  scope: DiagramScope;
}

/** One drawing for each model, all to the same scale; a click on a box selects its layer. */
export class Diagrams {
  private drawings: Drawing[] = [];

  constructor(
    private readonly place: HTMLElement,
    private readonly store: Store,
  ) {
    place.addEventListener('click', (event) => this.onClick(event));
    store.onChange((state, old) => {
      if (state.layer !== old.layer || state.model !== old.model) this.mark();
    });
  }

  show({ models }: ReportView): void {
    this.place.replaceChildren();
    this.drawings = [];
    for (const model of models) this.add(model);
    this.draw();
    if (this.drawings.length > 0) return;
    this.place.replaceChildren(el('p', { class: 'muted' }, 'No module of these models is small enough to draw.'));
  }

  private add(model: ReportModel): void {
    if (model.analysis === null) return;
    const scopes = drawableScopes(model.analysis);
    const chosen = defaultScope(model.analysis, scopes);
    if (chosen === undefined) return;
    const figure = el('figure', { class: 'card', 'data-model': model.index });
    const drawing: Drawing = {
      model,
      scopes,
      place: el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Diagram of ${model.name}` }),
      scope: chosen,
    };
    const caption = el('figcaption', {}, modelLabel(model));
    if (scopes.length > 1) {
      const select = el(
        'select',
        { 'aria-label': `Module of ${model.name}` },
        ...scopes.map(({ path }) =>
          el('option', { value: path, selected: path === chosen.path }, path === '' ? 'whole model' : path),
        ),
      );
      select.addEventListener('change', () => {
        drawing.scope = scopes[select.selectedIndex] ?? chosen;
        this.draw();
      });
      caption.append(select);
    }
    figure.append(caption, drawing.place, el('p', { class: 'caption' }));
    this.place.append(figure);
    this.drawings.push(drawing);
  }

  private draw(): void {
    const graphs = this.drawings.map(({ model, scope }) =>
      model.analysis === null ? { boxes: [], edges: [] } : blockGraph(model.analysis, scope.layers),
    );
    const largest = Math.max(1, ...graphs.flatMap(({ edges }) => edges.map(({ bytes }) => bytes)));
    this.drawings.forEach(({ model, scope: { path }, place }, i) => {
      const graph = graphs[i];
      if (graph === undefined) return;
      const name = path === '' ? model.name : `${path} of ${model.name}`;
      // The markup is made by the `html` template, which escapes every name.
      place.innerHTML = drawBlock(graph, {
        pixelsPerByte: WIDEST / largest,
        reach: Math.min(250, Math.max(70, place.clientWidth - BOX_WIDTH - 90)),
        label: `Diagram of ${name}`,
        modelClass: modelClass(model.style),
      }).text;
      const moved = graph.boxes.reduce(
        (sum, { steps }) => sum + steps.reduce((bytes, step) => bytes + step.bytes, 0),
        0,
      );
      const read = graph.edges.reduce((sum, { bytes }) => sum + bytes, 0);
      const caption = find('.caption', place.parentElement as HTMLElement);
      if (caption !== null)
        caption.textContent = `${graph.edges.length} ${graph.edges.length === 1 ? 'tensor' : 'tensors'} read between the boxes, ${formatFigure(read, 'bytes')}; ${formatFigure(moved, 'bytes')} moved in all by fused kernels.`;
    });
    this.mark();
  }

  private onClick(event: MouseEvent): void {
    const step = (event.target as Element).closest<SVGElement>('[data-layer]');
    const figure = step?.closest<HTMLElement>('[data-model]');
    if (step == null || figure == null) return;
    this.store.set({ model: Number(figure.dataset['model']), layer: step.dataset['layer'] ?? null });
  }

  private mark(): void {
    const { model, layer } = this.store.state;
    for (const step of all<SVGElement>('.step', this.place)) {
      const own = Number(step.closest<HTMLElement>('[data-model]')?.dataset['model']);
      step.classList.toggle('selected', layer !== null && own === model && step.dataset['layer'] === layer);
    }
  }
}
