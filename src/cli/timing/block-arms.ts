import { analyze } from '../../core/analysis/analyze.js';
import type { AnalysisResult } from '../../core/analysis/result.js';
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

/** One configuration, built and analysed. */
export interface BlockArm {
  readonly name: string;
  readonly group: string;
  /** The block it is made of: configurations of one block have one colour in reports. */
  readonly architecture: string;
  readonly graph: Graph;
  readonly result: AnalysisResult;
  /** Whether it is among those that are timed. */
  readonly timed: boolean;
  /** How near the solver came to the budget, where there was one. */
  readonly deviation?: number;
}

export interface BlockGroup {
  readonly title: string;
  readonly note: string;
  readonly arms: readonly BlockArm[];
}

/**
 * The configurations that stand for their kind in each group: timing all of them, with their checks against the
 * reference, would take several times as long and say little more. `--all` times every one.
 */
const HEADLINE: Readonly<Record<string, readonly RegExp[]>> = {
  A: [/^OSA 5x128 ->256$/, /x16$/, /^ResNet basic/, /n=11/],
  B: [/^OSA/, /n=14/, /^ResNet bott/],
  C: [/^OSA 5x80 ->256$/, /n=6/, /no bott/],
  D: [/^DenseNet-121/, /^ResNet-50/, /27-slim/],
  E: [/128:128/, /36:432/],
};

/** The groups of `matched-blocks.ts` that the command's options ask for. */
export async function matchedGroups(args: Arguments): Promise<BlockGroup[]> {
  const batch = wholeNumber(args['batch'], '--batch') ?? 1;
  const wanted = args['group'] === undefined ? Object.keys(HEADLINE) : String(args['group']).toUpperCase().split(',');
  return Promise.all(wanted.map((id) => matchedGroup(findGroup(id), batch, args)));
}

function findGroup(id: string): MatchedGroup {
  const group = MATCHED_BLOCKS.find((candidate) => candidate.id === id);
  if (group !== undefined) return group;
  const known = MATCHED_BLOCKS.map((candidate) => `${candidate.id} (${candidate.title})`);
  throw new ArchmeterError(`there is no group '${id}'`, `Groups: ${known.join(', ')}.`);
}

async function matchedGroup(group: MatchedGroup, batch: number, args: Arguments): Promise<BlockGroup> {
  const arms: BlockArm[] = [];
  for (const { name, input, steps } of group.arms) {
    const graph = await buildBlocks(name, steps, [batch, ...input]);
    const headline = HEADLINE[group.id]?.some((pattern) => pattern.test(name)) ?? false;
    arms.push({
      name,
      group: group.id,
      architecture: group.arms.every((arm) => arm.steps[0]?.block === steps[0]?.block)
        ? name
        : (steps[0]?.block ?? name),
      graph,
      result: analyze(graph, analyzeOptions(args)),
      timed: headline || args['all'] === true,
    });
  }
  return { title: `${group.id}: ${group.title}`, note: group.note, arms };
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
