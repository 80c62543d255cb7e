import type { Chart } from 'chart.js';
import type { Unit } from '../../../units.js';
import { figureTicks, formatFigure, significant } from '../../number-format.js';
import { mix, modelColour } from '../../palette.js';
import type { ModelStyle } from '../../view.js';
import type { AnyChart, ChartContext, ChartFocus, ChartPoint } from '../define-chart.js';
import { axis, baseOptions, drawing } from './style.js';

/** A cost that lies somewhere in a tree of modules. */
export interface IcicleLeaf {
  /** Names from the outermost module to the leaf itself. */
  readonly path: readonly string[];
  readonly value: number;
  /** Selected by a click, where it is one of the model's layers. */
  readonly layer?: string;
}

export interface IcicleNode {
  /** Last name of the path; where a module holds one other alone, both joined. */
  readonly label: string;
  readonly path: string;
  readonly value: number;
  readonly leaves: number;
  /** The first layer within. */
  readonly layer: string | undefined;
  readonly children: readonly IcicleNode[];
}

/** One tree with its heading and colour. */
export interface IcicleRoot {
  readonly model: number;
  readonly style: ModelStyle;
  readonly tree: IcicleNode;
}

/** Leaves gathered by their paths, children in the order in which they first come. */
export function icicleTree(label: string, leaves: readonly IcicleLeaf[]): IcicleNode {
  const tree = gather(label, '', leaves, 0);
  return { ...tree, children: tree.children.flatMap((child) => spread(child, tree.value)) };
}

/** Share of the whole from which a first-level module says nothing: its parts stand in its place. */
const WHOLE = 0.75;

function spread(child: IcicleNode, whole: number): readonly IcicleNode[] {
  if (child.children.length === 0 || child.value < WHOLE * whole) return [child];
  // A number alone would not tell whose part it is.
  return child.children.map((part) =>
    /^\d/.test(part.label) ? { ...part, label: `${child.label}.${part.label}` } : part,
  );
}

function gather(label: string, path: string, leaves: readonly IcicleLeaf[], depth: number): IcicleNode {
  const groups = new Map<string, IcicleLeaf[]>();
  for (const leaf of leaves) {
    const step = leaf.path[depth];
    if (step === undefined || leaf.value === 0) continue;
    const group = groups.get(step);
    if (group === undefined) groups.set(step, [leaf]);
    else group.push(leaf);
  }
  const children = [...groups].map(([step, own]) =>
    gather(step, path === '' ? step : `${path}.${step}`, own, depth + 1),
  );
  const value = leaves.reduce((sum, leaf) => sum + leaf.value, 0);
  const [only] = children;
  // A module around a single other is no level of its own.
  if (depth > 0 && children.length === 1 && only !== undefined && only.value === value)
    return { ...only, label: `${label}.${only.label}` };
  return {
    label,
    path,
    value,
    leaves: leaves.length,
    layer: leaves.find(({ layer }) => layer !== undefined)?.layer,
    children,
  };
}

const ROW = 24;
const GAP = 0.55;

/** Levels below a root that are drawn. */
export function icicleDepth(roots: readonly IcicleRoot[]): number {
  const deepest = (node: IcicleNode): number => 1 + Math.max(0, ...node.children.map(deepest));
  const most = roots.length === 1 ? 6 : roots.length <= 3 ? 4 : roots.length <= 5 ? 3 : 2;
  return Math.min(most, Math.max(1, ...roots.map(({ tree }) => deepest(tree))));
}

export function icicleHeight(roots: readonly IcicleRoot[]): number {
  return 40 + roots.length * (icicleDepth(roots) * ROW + GAP * ROW);
}

/** The modules from a tree's root to one of its nodes; none where there is no such node. */
export function icicleChain(tree: IcicleNode, path: string): readonly IcicleNode[] {
  if (tree.path === path) return [tree];
  for (const child of tree.children) {
    const rest = icicleChain(child, path);
    if (rest.length > 0) return [tree, ...rest];
  }
  return [];
}

/** What is drawn: a module of one model, or all of every model. */
interface Block {
  readonly root: IcicleRoot;
  readonly node: IcicleNode;
  /** Where a click on it leads: out of it. */
  readonly out: ChartFocus | null | undefined;
}

function blocksOf(context: ChartContext, roots: readonly IcicleRoot[]): readonly Block[] {
  const shown = roots.filter(({ model }) => !context.hidden.has(model));
  const { focus } = context;
  const focused = focus == null ? undefined : shown.find(({ model }) => model === focus.model);
  const chain = focused === undefined || focus == null ? [] : icicleChain(focused.tree, focus.path);
  const node = chain.at(-1);
  if (focused !== undefined && node !== undefined) {
    const above = chain.at(-2);
    const out =
      above === undefined || (above.path === '' && roots.length === 1)
        ? null
        : { model: focused.model, path: above.path };
    return [{ root: focused, node, out }];
  }
  return shown.map((root) => ({
    root,
    node: root.tree,
    out: roots.length > 1 ? { model: root.model, path: '' } : undefined,
  }));
}

interface Cell extends ChartPoint {
  readonly span: [number, number];
  readonly label: string;
  readonly level: number;
  readonly fill: string;
}

/** Trees below each other on one scale: a box is as wide as what its module costs, its parts stand under it. */
export function icicleChart(context: ChartContext, roots: readonly IcicleRoot[], unit: Unit): AnyChart {
  const blocks = blocksOf(context, roots);
  const levels = icicleDepth(roots);
  const rows = (count: number) => count * (levels + GAP) - GAP;
  const isNarrowed = blocks.length === 1 && roots.length > 1;
  const depth = isNarrowed ? Math.min(6, Math.floor(rows(roots.length))) : levels;
  const largest = Math.max(1e-12, ...blocks.map(({ node }) => node.value));
  const cells = blocks.flatMap((block, i) => {
    const top = i * (depth + GAP);
    return cellsOf(context, block, block.node, { unit, depth, top, least: largest * 0.0012, at: 0, level: 0 });
  });
  const options = baseOptions(context);
  return {
    type: 'bar',
    data: {
      datasets: [
        {
          type: 'bar',
          label: 'modules',
          data: cells,
          parsing: { xAxisKey: 'span', yAxisKey: 'y' },
          grouped: false,
          barThickness: ROW - 1,
          backgroundColor: cells.map(({ fill }) => fill),
          borderColor: cells.map((cell) => (isSelected(context, cell) ? context.theme.text : context.theme.surface)),
          borderWidth: cells.map((cell) =>
            isSelected(context, cell) ? 2 : ((cell.span[1] - cell.span[0]) / largest) * context.width < 5 ? 0.25 : 0.75,
          ),
          borderSkipped: false,
          minBarLength: 0,
        },
      ],
    },
    options: {
      ...options,
      indexAxis: 'y',
      scales: {
        x: {
          ...axis(context, { type: 'linear', min: 0, max: largest, tick: figureTicks(largest, unit) }),
          border: { display: false },
        },
        y: {
          type: 'linear',
          display: false,
          reverse: true,
          offset: false,
          min: -0.5,
          max: rows(isNarrowed ? roots.length : Math.max(1, blocks.length)) - 0.5 + 0.1,
        },
      },
    },
    plugins: [labels(context, cells)],
  };
}

const isSelected = ({ selection }: ChartContext, { model, layer, members }: Cell) =>
  selection !== null && selection.model === model && selection.layer === layer && members?.length === 1;

interface Place {
  readonly unit: Unit;
  readonly depth: number;
  readonly top: number;
  /** Narrower boxes are not drawn. */
  readonly least: number;
  readonly at: number;
  readonly level: number;
}

function cellsOf(context: ChartContext, block: Block, node: IcicleNode, place: Place): Cell[] {
  const { theme } = context;
  const { root } = block;
  const { unit, depth, top, least, at, level } = place;
  if (level >= depth || node.value < least) return [];
  const name = node.path === '' ? node.label : `${root.tree.label}: ${node.path}`;
  const share = root.tree.value === 0 ? 0 : (100 * node.value) / root.tree.value;
  const cell: Cell = {
    x: at + node.value,
    y: top + level,
    span: [at, at + node.value],
    model: root.model,
    ...(level === 0 || node.layer === undefined ? {} : { layer: node.layer }),
    ...focusOf(block, node),
    members: node.children.length === 0 && node.layer !== undefined ? [node.layer] : [],
    label: level === 0 ? `${name}  ${formatFigure(node.value, unit)}` : node.label,
    level,
    fill: mix(modelColour(theme, root.style), theme.surface, Math.max(0.22, 0.92 - 0.16 * level)),
    lines: [
      name,
      `${formatFigure(node.value, unit)}, ${significant(share, 2)} % of the model`,
      ...(node.leaves > 1 ? [`${node.leaves} layers`] : []),
    ],
  };
  let next = at;
  const below = node.children.flatMap((child) => {
    const found = cellsOf(context, block, child, { ...place, at: next, level: level + 1 });
    next += child.value;
    return found;
  });
  return [cell, ...below];
}

function focusOf({ root, node: top, out }: Block, node: IcicleNode): Pick<ChartPoint, 'focus'> {
  if (node === top) return out === undefined ? {} : { focus: out };
  return node.children.length === 0 ? {} : { focus: { model: root.model, path: node.path } };
}

/** The name in each box that has room for it. */
function labels({ theme, font }: ChartContext, cells: readonly Cell[]) {
  return drawing('names', 'afterDatasetsDraw', (chart: Chart, canvas) => {
    const { x, y } = chart.scales;
    if (x === undefined || y === undefined) return;
    canvas.textBaseline = 'middle';
    canvas.textAlign = 'left';
    for (const { span, y: row, label, fill, level } of cells) {
      const left = x.getPixelForValue(span[0]);
      const right = x.getPixelForValue(span[1]);
      const room = right - left - 8;
      if (room < 14 && level > 0) continue;
      canvas.font = `${level === 0 ? 600 : 400} ${font.size - 1}px ${font.family}`;
      const text = fitted(canvas, label, room);
      // A model's own name stands beside its box where it does not fit.
      if (level === 0 && text !== label && right + canvas.measureText(label).width + 6 < x.right) {
        canvas.fillStyle = theme.text;
        canvas.fillText(label, right + 6, y.getPixelForValue(row) + 0.5);
        continue;
      }
      if (text === '') continue;
      canvas.fillStyle = inkOn(fill);
      canvas.fillText(text, left + 4, y.getPixelForValue(row) + 0.5);
    }
  });
}

/** Whole, or cut where three letters and the sign of the cut still fit. */
function fitted(canvas: Chart['ctx'], label: string, room: number): string {
  if (canvas.measureText(label).width <= room) return label;
  for (let length = label.length - 1; length >= 3; length--) {
    const cut = `${label.slice(0, length)}…`;
    if (canvas.measureText(cut).width <= room) return cut;
  }
  return '';
}

/** Black or white, whichever stands out more (WCAG relative luminance). */
export function inkOn(fill: string): string {
  const [r, g, b] = [1, 3, 5].map((i) => (Number.parseInt(fill.slice(i, i + 2), 16) / 255) ** 2.2) as [
    number,
    number,
    number,
  ];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000000' : '#ffffff';
}
