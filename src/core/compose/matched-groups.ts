import { type AnalyzeOptions, analyze } from '../analysis/analyze.js';
import type { AnalysisResult } from '../analysis/result.js';
import type { Graph } from '../ir/graph.js';
import { buildBlocks, type MatchedGroup } from '../zoo/index.js';

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
export const HEADLINE: Readonly<Record<string, readonly RegExp[]>> = {
  A: [/^OSA 5x128 ->256$/, /x16$/, /^ResNet basic/, /n=11/],
  B: [/^OSA/, /n=14/, /^ResNet bott/],
  C: [/^OSA 5x80 ->256$/, /n=6/, /no bott/],
  D: [/^DenseNet-121/, /^ResNet-50/, /27-slim/],
  E: [/128:128/, /36:432/],
};

/** The configurations of a group of `matched-blocks.ts`, built and analysed. */
export async function matchedGroup(
  group: MatchedGroup,
  options: { readonly batch: number; readonly all: boolean; readonly analyze?: AnalyzeOptions },
): Promise<BlockGroup> {
  const arms: BlockArm[] = [];
  for (const { name, input, steps } of group.arms) {
    const graph = await buildBlocks(name, steps, [options.batch, ...input]);
    const headline = HEADLINE[group.id]?.some((pattern) => pattern.test(name)) ?? false;
    arms.push({
      name,
      group: group.id,
      architecture: group.arms.every((arm) => arm.steps[0]?.block === steps[0]?.block)
        ? name
        : (steps[0]?.block ?? name),
      graph,
      result: analyze(graph, options.analyze),
      timed: headline || options.all,
    });
  }
  return { title: `${group.id}: ${group.title}`, note: group.note, arms };
}
