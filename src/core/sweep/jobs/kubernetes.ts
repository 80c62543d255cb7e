import { stringify } from 'yaml';
import type { SweepJob } from './index.js';
import { jobName, shellWord } from './job-name.js';

/**
 * A Kubernetes Job of completion mode Indexed (batch/v1): the engine sets JOB_COMPLETION_INDEX in each pod and starts
 * failed parts again. Space and results lie on the claim `archmeter-sweep`.
 */
export function kubernetesJob({ name, space, shards, version, options }: SweepJob): string {
  const command = `npx --yes archmeter@${version} sweep ${shellWord(space)} --output results --jobs 1 --shard "$JOB_COMPLETION_INDEX/${shards}" ${options.map(shellWord).join(' ')}`;
  return stringify(
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: jobName(name) },
      spec: {
        completionMode: 'Indexed',
        completions: shards,
        parallelism: Math.min(shards, 32),
        backoffLimitPerIndex: 3,
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [
              {
                name: 'archmeter',
                image: 'node:22-slim',
                workingDir: '/sweep',
                command: ['sh', '-c', command],
                resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } },
                volumeMounts: [{ name: 'sweep', mountPath: '/sweep' }],
              },
            ],
            volumes: [{ name: 'sweep', persistentVolumeClaim: { claimName: 'archmeter-sweep' } }],
          },
        },
      },
    },
    { lineWidth: 0 },
  );
}
