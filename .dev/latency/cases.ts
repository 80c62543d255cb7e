import { analyze } from '../../src/core/analysis/analyze.js';
import { countKernels, type Workload } from '../../src/core/analysis/latency/fit.js';
import { lowerKernels } from '../../src/core/analysis/latency/lower-kernels.js';
import type { Graph } from '../../src/core/ir/graph.js';
import { findModel } from '../../src/core/zoo/index.js';
import { loadModel } from '../../src/node/load-model.js';
import type { ReferenceFolder } from '../../test/reference.js';
import { familyOf } from './families.js';
import type { Row, Table } from './tables.js';

/** What simple predictors go by, of one image. */
export interface Totals {
  readonly params: number;
  readonly madds: number;
  readonly activations: number;
  readonly memoryAccessCost: number;
  readonly paperMemoryAccessCost: number;
  readonly eagerBytes: number;
  readonly fusedBytes: number;
}

/** A row of a table whose architecture is at hand. */
export interface Case {
  readonly table: Table;
  readonly row: Row;
  readonly name: string;
  readonly family: string;
  /** A file of the reference set, or the zoo. */
  readonly origin: 'exported' | 'zoo';
  readonly kernels: Workload['kernels'];
  readonly totals: Totals;
  /** Multiply-adds and elements moved of each layer, of one image. */
  readonly layers: readonly (readonly [madds: number, elements: number])[];
}

interface Architecture {
  readonly origin: Case['origin'];
  readonly totals: Totals;
  readonly layers: Case['layers'];
  readonly byMode: Map<string, Workload['kernels']>;
}

/** Resized files are taken where their multiply-adds come near timm's count, which adds normalisation. */
const RESIZED_TOLERANCE = 0.15;
const PARAMS_TOLERANCE = 0.02;

export async function collectCases(
  tables: readonly Table[],
  reference: ReferenceFolder,
  limit = Number.POSITIVE_INFINITY,
): Promise<Case[]> {
  const modes = new Map(tables.map((table) => [modeOf(table), table]));
  const built = new Map<string, Promise<Architecture | undefined>>();
  const cases: Case[] = [];
  for (const table of tables) {
    for (const row of spread(table.rows).slice(0, limit)) {
      const key = `${row.model}@${row.resolution}`;
      const form = `${key} ${row.params}`;
      if (!built.has(form)) built.set(form, architecture(row, reference, modes));
      const found = await built.get(form);
      const kernels = found?.byMode.get(modeOf(table));
      if (found === undefined || kernels === undefined) continue;
      cases.push({
        table,
        row,
        name: key,
        family: familyOf(row.model),
        origin: found.origin,
        kernels,
        totals: found.totals,
        layers: found.layers,
      });
    }
  }
  return cases;
}

/** Of each model its least resolution: the others say little new, and fits take long. */
function spread(rows: readonly Row[]): Row[] {
  const byModel = new Map<string, Row>();
  for (const row of rows) {
    const known = byModel.get(row.model);
    if (known === undefined || row.resolution < known.resolution) byModel.set(row.model, row);
  }
  return [...byModel.values()];
}

export function modeOf({ execution, precision, channelsLast }: Table): string {
  return `${execution}/${precision}${channelsLast ? '/channels-last' : ''}`;
}

async function architecture(
  row: Row,
  reference: ReferenceFolder,
  modes: ReadonlyMap<string, Table>,
): Promise<Architecture | undefined> {
  const found = await graphOf(row, reference);
  if (found === undefined) return undefined;
  const { graph, origin } = found;
  const { totals, layers } = analyze(graph);
  const byMode = new Map<string, Workload['kernels']>();
  for (const [mode, { execution, precision, channelsLast }] of modes) {
    byMode.set(mode, countKernels(lowerKernels(graph, { execution, precision, channelsLast })));
  }
  return {
    origin,
    byMode,
    layers: layers.map(({ madds, memoryAccessCost }) => [madds, memoryAccessCost]),
    totals: {
      params: totals.params,
      madds: totals.madds,
      activations: totals.activations,
      memoryAccessCost: totals.memoryAccessCost,
      paperMemoryAccessCost: totals.paperMemoryAccessCost,
      eagerBytes: totals.eager.readBytes + totals.eager.writeBytes,
      fusedBytes: totals.fused.readBytes + totals.fused.writeBytes,
    },
  };
}

async function graphOf(
  row: Row,
  reference: ReferenceFolder,
): Promise<{ graph: Graph; origin: Case['origin'] } | undefined> {
  const file = `models/${row.model}.pt2`;
  const inputs = { '': [1, 3, row.resolution, row.resolution] };
  if (reference.has(file)) {
    const own = await reference.model(file);
    const fits = own.values[own.inputs[0] as number]?.shape.at(-1) === row.resolution;
    const graph = fits ? own : await reference.model(file, { inputs }).catch(() => undefined);
    if (graph !== undefined && isTimed(graph, row)) return { graph, origin: 'exported' };
  }
  if ((await findModel(row.model)) === undefined) return undefined;
  // timm joins the branches of some models before it times them, from one version to the next.
  for (const name of [row.model, `${row.model}:deploy=true`]) {
    const graph = await loadModel(name, { inputs, batch: 1 }).catch(() => undefined);
    if (graph !== undefined && isTimed(graph, row)) return { graph, origin: 'zoo' };
  }
  return undefined;
}

/** Whether a graph is what timm timed, by its parameters and multiply-adds. */
function isTimed(graph: Graph, { gmacs, params }: Row): boolean {
  const { totals } = analyze(graph);
  const off = (value: number, printed: number) => Math.abs(value / printed - 1);
  return (
    off(totals.params / 1e6, params) <= PARAMS_TOLERANCE &&
    (off(totals.madds / 1e9, gmacs) <= RESIZED_TOLERANCE || gmacs < 0.1)
  );
}
