import { kubernetesJob } from './kubernetes.js';
import { rayJob } from './ray.js';
import { slurmJob } from './slurm.js';

/** What a job file needs to know of a sweep. The space and its model lie in the folder that the job mounts. */
export interface SweepJob {
  readonly name: string;
  /** Name of the space file. */
  readonly space: string;
  readonly shards: number;
  /** Of archmeter. */
  readonly version: string;
  /** Options of `archmeter sweep` beside `--shard` and `--output`. */
  readonly options: readonly string[];
}

/** Engines that run the parts of a sweep, by name. */
export const JOB_FORMATS: Readonly<Record<string, (job: SweepJob) => string>> = {
  kubernetes: kubernetesJob,
  slurm: slurmJob,
  ray: rayJob,
};
