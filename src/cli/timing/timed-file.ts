import { resolve } from 'node:path';
import type { ArmFile, StoredContents } from '../../bench/harness/options.js';
import { ArchmeterError } from '../../core/errors.js';
import type { ImportWithContents } from '../../core/importers/define-importer.js';
import type { Graph } from '../../core/ir/graph.js';
import { isFloat } from '../../core/ir/tensor.js';
import type { Arguments } from '../define-command.js';
import { dtypeOption, loadOptions } from '../options/model.js';

/**
 * The file that a graph was read from, to be timed as it is; undefined for zoo models and specs.
 *
 * @throws ArchmeterError where the file is to be timed but was exported without its weights
 */
export async function fileToTime(reference: string, graph: Graph, args: Arguments): Promise<ArmFile | undefined> {
  const format = graph.source?.format;
  if (format === undefined || format === 'zoo' || format === 'spec') return undefined;
  const file = { path: resolve(reference), format };
  const rebuild = reasonToRebuild(reference, graph, args);
  if (rebuild !== undefined) return { ...file, rebuild };
  const { withFileContents } = await import('../../node/file-contents.js');
  await withFileContents(reference, loadOptions(args), async (stored) => refuseMissing(reference, stored));
  let read: Promise<StoredContents | undefined> | undefined;
  const readAll = () =>
    withFileContents(reference, loadOptions(args), async ({ contents }) => {
      const all = new Map<number, ArrayLike<number>>();
      for (const { id, kind, name } of graph.values) {
        if (kind === 'input' || kind === 'activation') continue;
        const held = await contents(id);
        if (held === undefined) throw new ArchmeterError(`the contents of '${name}' are not known`);
        all.set(id, held);
      }
      return (id: number) => all.get(id) as ArrayLike<number>;
    });
  return { ...file, weights: () => (read ??= readAll()) };
}

function reasonToRebuild(reference: string, graph: Graph, args: Arguments): string | undefined {
  if (args['weights'] === 'random') return '--weights random';
  if (reference === '-') return 'it came from standard input';
  if (args['exclude-head'] === true) return '--exclude-head changes its graph';
  const dtype = dtypeOption(args);
  const own = new Set(graph.values.map((value) => value.dtype).filter(isFloat));
  if (dtype !== undefined && !(own.size === 1 && own.has(dtype))) {
    return `--dtype ${args['dtype']} is not the element type that it is stored in`;
  }
  return undefined;
}

function refuseMissing(reference: string, { missing, missingFile }: ImportWithContents): void {
  const [first, ...others] = missing;
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` and ${others.length} other ${others.length === 1 ? 'tensor' : 'tensors'}`;
  const problem =
    missingFile === undefined
      ? `the contents of '${first}'${more} are neither in the file nor beside it`
      : `'${missingFile}', which holds '${first}'${more}, is missing beside the file or too short`;
  throw new ArchmeterError(
    `the weights are not there: ${problem}`,
    'Use --weights random to time its graph with random weights, or fetch the whole model.',
    { file: reference },
  );
}
