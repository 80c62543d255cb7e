import { analyze } from '../../core/analysis/analyze.js';
import { type BlockArm, type BlockGroup, HEADLINE, matchedGroup } from '../../core/compose/matched-groups.js';
import { ArchmeterError } from '../../core/errors.js';
import type { Graph } from '../../core/ir/graph.js';
import {
  buildBlocks,
  findBlock,
  listBlocks,
  MATCHED_BLOCKS,
  type MatchedGroup,
  matchBlock,
} from '../../core/zoo/index.js';
import type { Arguments } from '../define-command.js';
import { analyzeOptions, wholeNumber } from '../options/model.js';

/** The groups of `matched-blocks.ts` that the command's options ask for. */
export async function matchedGroups(args: Arguments): Promise<BlockGroup[]> {
  const batch = wholeNumber(args['batch'], '--batch') ?? 1;
  const wanted = args['group'] === undefined ? Object.keys(HEADLINE) : String(args['group']).toUpperCase().split(',');
  return Promise.all(
    wanted.map((id) =>
      matchedGroup(findGroup(id), { batch, all: args['all'] === true, analyze: analyzeOptions(args) }),
    ),
  );
}

function findGroup(id: string): MatchedGroup {
  const group = MATCHED_BLOCKS.find((candidate) => candidate.id === id);
  if (group !== undefined) return group;
  const known = MATCHED_BLOCKS.map((candidate) => `${candidate.id} (${candidate.title})`);
  throw new ArchmeterError(`there is no group '${id}'`, `Groups: ${known.join(', ')}.`);
}

const BUDGETS = { params: 'params', madds: 'madds', 'memory-access': 'paperMemoryAccessCost' } as const;

/** Blocks of one input and output, each as wide as a common budget allows. */
export async function solvedGroup(args: Arguments): Promise<BlockGroup> {
  const match = args['match'] as keyof typeof BUDGETS;
  const inChannels = wholeNumber(args['in'], '--in') ?? 256;
  const outChannels = wholeNumber(args['out'], '--out') ?? inChannels;
  const side = wholeNumber(args['resolution'], '--resolution') ?? 56;
  const input = [wholeNumber(args['batch'], '--batch') ?? 1, inChannels, side, side];
  const cost = (graph: Graph) => analyze(graph).totals[BUDGETS[match]];
  const names = String(args['blocks'])
    .split(',')
    .map((name) => name.trim());
  const budget = (args['budget'] as number | undefined) ?? (await defaultBudget(input, outChannels, cost));
  const arms: BlockArm[] = [];
  for (const name of names) {
    const block = await findBlock(name);
    if (block.sizing === undefined) {
      const sizable = (await listBlocks())
        .filter(({ sizing }) => sizing !== undefined)
        .map((candidate) => candidate.name);
      throw new ArchmeterError(`block '${name}' has no width to solve for`, `Choose from ${sizable.join(', ')}.`);
    }
    const solved = matchBlock(block, { input, outChannels, budget }, cost);
    const title = `${block.name} (width ${solved.width})`;
    const graph = { ...solved.graph, name: title };
    arms.push({
      name: title,
      group: '',
      architecture: block.name,
      graph,
      result: analyze(graph, analyzeOptions(args)),
      timed: true,
      deviation: solved.deviation,
    });
  }
  return {
    title: `${side}x${side}, ${inChannels} to ${outChannels} channels, matched by ${match}`,
    note: `Budget: ${Math.round(budget).toLocaleString('en-US')} ${match === 'memory-access' ? 'elements' : match}. 'Off' is how far from it the nearest whole width lies.`,
    arms,
  };
}

/** What an OSA module of five convolutions of half the output's channels costs: the paper's proportions. */
async function defaultBudget(
  input: readonly number[],
  outChannels: number,
  cost: (graph: Graph) => number,
): Promise<number> {
  const options = { layers: 5, width: Math.max(1, outChannels >> 1), outChannels };
  return cost(await buildBlocks('osa', [{ block: 'osa', options }], input));
}
