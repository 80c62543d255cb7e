import { formatFigure } from '../number-format.js';
import type { ReportView } from '../view.js';
import { el } from './dom.js';
import { modelLabel } from './model-label.js';
import type { Store } from './state.js';

/** A bar at the bottom that names the selected layer wherever the reader is on the page. */
export function startSelectionBar(views: readonly ReportView[], store: Store, onReveal: () => void): HTMLElement {
  const bar = el('div', { class: 'selection-bar', role: 'status', hidden: true });
  document.body.append(bar);
  const draw = () => {
    const { group, model: index, layer: name } = store.state;
    const model = views[group]?.models[index];
    const layer = model?.analysis?.layers.find((candidate) => candidate.name === name);
    bar.hidden = layer === undefined;
    if (model === undefined || layer === undefined) return;
    const show = el('button', { type: 'button' }, 'Show in table');
    show.addEventListener('click', onReveal);
    const clear = el('button', { type: 'button', 'aria-label': 'Clear the selection' }, '×');
    clear.addEventListener('click', () => store.set({ layer: null }));
    bar.replaceChildren(
      modelLabel({ name: layer.name, style: model.style }),
      el(
        'span',
        { class: 'muted' },
        `${layer.op} · ${formatFigure(layer.madds, 'ops')} MAdds · memory access cost ${formatFigure(layer.memoryAccessCost, 'elements')}`,
      ),
      show,
      clear,
    );
  };
  store.onChange((state, before) => {
    if (state.layer !== before.layer || state.model !== before.model || state.group !== before.group) draw();
  });
  draw();
  return bar;
}
