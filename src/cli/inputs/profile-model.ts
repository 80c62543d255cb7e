import { ArchmeterError } from '../../core/errors.js';
import type { Graph } from '../../core/ir/graph.js';
import { batchOfTrace } from '../../core/profile/batch.js';
import type { Trace } from '../../core/traces/index.js';
import { loadModel } from '../../node/load-model.js';
import type { Arguments } from '../define-command.js';
import { loadOptions } from '../options/model.js';

/** The model that `--model` names at the batch of the trace, where the file can be had at it. */
export async function modelOfTrace(trace: Trace, args: Arguments): Promise<Graph> {
  const reference = String(args['model']);
  const options = loadOptions(args);
  const batch = options.batch === undefined && options.inputs === undefined ? batchOfTrace(trace) : undefined;
  if (batch === undefined) return loadModel(reference, options);
  try {
    return await loadModel(reference, { ...options, batch });
  } catch (error) {
    if (!(error instanceof ArchmeterError)) throw error;
    // A file that fixes another batch, or has none.
    return loadModel(reference, options);
  }
}
