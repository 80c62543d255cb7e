import type { AnalysisResult } from '../../core/analysis/result.js';
import { ArchmeterError } from '../../core/errors.js';
import type { Graph } from '../../core/ir/graph.js';
import type { Arguments } from '../define-command.js';
import { analyzeModel, loadOptions } from '../options/model.js';

/**
 * Loads and analyses a model at the batch that `--batch` asks for. Files often fix their batch (torch.export writes it
 * into every reshape): such a graph is taken as it stands, and `batch` says at which size its kernels are to be timed.
 */
export async function analyzeForBatch(
  reference: string,
  args: Arguments,
): Promise<{ graph: Graph; result: AnalysisResult; batch: number | undefined }> {
  const { batch } = loadOptions(args);
  try {
    return { ...(await analyzeModel(reference, args)), batch: undefined };
  } catch (error) {
    if (!(error instanceof ArchmeterError) || batch === undefined) throw error;
    const own = await analyzeModel(reference, { ...args, batch: undefined }).catch(() => undefined);
    if (own === undefined) throw error;
    return { ...own, batch };
  }
}
