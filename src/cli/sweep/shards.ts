import { ArchmeterError } from '../../core/errors.js';
import type { Arguments } from '../define-command.js';

/** `--shard 0,3/8` as numbers; undefined where it is not given. Throws ArchmeterError where it is none. */
export function chosenShards(args: Arguments): { shards: number[]; of: number } | undefined {
  const text = args['shard'] as string | undefined;
  if (text === undefined) return undefined;
  const match = /^(\d+(?:,\d+)*)\/(\d+)$/.exec(text.trim());
  const of = Number(match?.[2]);
  const shards = [...new Set((match?.[1] ?? '').split(',').map(Number))];
  if (match === null || of < 1 || shards.some((shard) => shard >= of)) {
    throw new ArchmeterError(`--shard ${text} is no part`, 'Write e.g. 0/8: numbers from 0, and how many there are.');
  }
  if (args['shards'] !== undefined && Number(args['shards']) !== of) {
    throw new ArchmeterError(`--shards ${args['shards']} and --shard ${text} differ`, 'Leave --shards out.');
  }
  return { shards, of };
}
