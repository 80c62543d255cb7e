import type { SweepJob } from './index.js';

/** A Ray script: a task a part, started again where it fails. Run it where all nodes see the folder: `ray job submit`. */
export function rayJob({ space, shards, version, options }: SweepJob): string {
  const words = JSON.stringify([
    'npx',
    '--yes',
    `archmeter@${version}`,
    'sweep',
    space,
    '--output',
    'results',
    '--jobs',
    '1',
    ...options,
  ]);
  return `import os
import subprocess

import ray

SHARDS = ${shards}
COMMAND = ${words}


@ray.remote(num_cpus=1, max_retries=3, retry_exceptions=True)
def part(index):
    subprocess.run([*COMMAND, "--shard", f"{index}/{SHARDS}"], check=True, cwd=os.environ.get("SWEEP_FOLDER", "."))
    return index


if __name__ == "__main__":
    ray.init()
    print(len(ray.get([part.remote(index) for index in range(SHARDS)])), "parts done")
`;
}
