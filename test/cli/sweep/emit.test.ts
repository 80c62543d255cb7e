import { execFile, execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { run } from '../run.js';

const SHARDS = 3;
const SPACE = `
schema: archmeter/space@1
name: "Small: it's one"
family: regnet
parameters: { depth: [8, 10, 12], groupWidth: [8, 16] }
objectives: { madds: max, params: min }
`;

let folder: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archmeter-emit-'));
  await writeFile(join(folder, 'space.yaml'), SPACE);
  // What npx would install is this checkout.
  await writeFile(
    join(folder, 'npx'),
    `#!/bin/sh\nshift 2\nexec "${process.execPath}" "${resolve('bin/archmeter.js')}" "$@"\n`,
  );
  await chmod(join(folder, 'npx'), 0o755);
  env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function emitted(engine: string): Promise<string> {
  const { out } = await run(['sweep', 'emit', engine, join(folder, 'space.yaml'), '--shards', String(SHARDS)]);
  return out;
}

/** Runs something in a folder that holds the space alone, and checks that all parts came of it. */
async function expectAllParts(compute: (cwd: string) => Promise<unknown>): Promise<void> {
  const cwd = await mkdtemp(join(folder, 'run-'));
  await copyFile(join(folder, 'space.yaml'), join(cwd, 'space.yaml'));
  await compute(cwd);
  const parts = (await readdir(join(cwd, 'results'))).filter((name) => name.endsWith('.parquet'));
  expect(parts).toHaveLength(SHARDS);
  const { code } = await run(['sweep', 'status', join(cwd, 'results')]);
  expect(code).toBe(0);
}

describe('job files', () => {
  it('for Kubernetes are an Indexed Job whose pods compute their parts', async () => {
    const job = parse(await emitted('kubernetes'));
    expect(job).toMatchObject({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'sweep-small-it-s-one' },
      spec: { completionMode: 'Indexed', completions: SHARDS, template: { spec: { restartPolicy: 'Never' } } },
    });
    const [shell, flag, command] = job.spec.template.spec.containers[0].command as [string, string, string];
    await expectAllParts(async (cwd) => {
      for (let index = 0; index < SHARDS; index++) {
        execFileSync(shell, [flag, command], {
          cwd,
          env: { ...env, JOB_COMPLETION_INDEX: String(index) },
          stdio: 'pipe',
        });
      }
    });
  });

  it('for Slurm are an array script whose tasks compute their parts, at once', async () => {
    const script = await emitted('slurm');
    expect(script).toContain(`#SBATCH --array=0-${SHARDS - 1}\n`);
    await expectAllParts((cwd) =>
      Promise.all(
        Array.from({ length: SHARDS }, async (_, index) => {
          const file = join(cwd, `job-${index}.sh`);
          await writeFile(file, script);
          await promisify(execFile)('bash', [file], { cwd, env: { ...env, SLURM_ARRAY_TASK_ID: String(index) } });
        }),
      ),
    );
  });

  it('for Ray are a script whose tasks compute their parts', async (context) => {
    const python = ['python3', 'python'].find((name) => {
      try {
        return execFileSync(name, ['--version'], { stdio: 'pipe' }).length > 0;
      } catch {
        return false;
      }
    });
    if (python === undefined) return context.skip('there is no Python on this machine');
    const script = await emitted('ray');
    // As much of Ray as the script uses, one task after the other.
    const ray =
      'def init(): pass\ndef get(values): return values\ndef remote(**_):\n    def wrap(f):\n        f.remote = f\n        return f\n    return wrap\n';
    await expectAllParts(async (cwd) => {
      await writeFile(join(cwd, 'ray.py'), ray);
      await writeFile(join(cwd, 'job.py'), script);
      execFileSync(python, ['job.py'], { cwd, env, stdio: 'pipe' });
    });
  });

  it('of an engine that is not known are refused', async () => {
    const { code, err } = await run(['sweep', 'emit', 'pbs', join(folder, 'space.yaml')]);
    expect(code).toBe(2);
    expect(err).toBe("archmeter: no engine is named 'pbs'. Write 'archmeter sweep emit kubernetes|slurm|ray SPACE'.\n");
  });
});
