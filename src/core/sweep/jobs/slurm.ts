import type { SweepJob } from './index.js';
import { jobName, shellWord } from './job-name.js';

/** A Slurm array script: SLURM_ARRAY_TASK_ID is the part. Submit it where the space file lies: `sbatch FILE`. */
export function slurmJob({ name, space, shards, version, options }: SweepJob): string {
  return `#!/bin/bash
#SBATCH --job-name=${jobName(name)}
#SBATCH --array=0-${shards - 1}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --requeue
set -euo pipefail
npx --yes archmeter@${version} sweep ${shellWord(space)} --output results --jobs 1 \\
  --shard "$SLURM_ARRAY_TASK_ID/${shards}" ${options.map(shellWord).join(' ')}
`;
}
