import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { loadGateConfig } from '../../../src/node/gate-config-file.js';
import { headCommit, mergeBase, resolveRevision, withRevision } from '../../../src/node/git.js';
import { TestRepository } from './repository.js';

let repository: TestRepository;
let outside: string;
const ran = () => existsSync(join(outside, 'ran'));

beforeAll(() => {
  repository = new TestRepository();
  outside = mkdtempSync(join(tmpdir(), 'archmeter-test-'));
  const script = join(outside, 'attack.sh');
  writeFileSync(script, `#!/bin/sh\necho "$0 $*" >> '${join(outside, 'ran')}'\ncat\n`);
  chmodSync(script, 0o755);
  repository.commit('one', { 'net.yaml': 'one\n' });
  repository.commit('two', { 'net.yaml': 'two\n', '.gitattributes': '* filter=evil diff=evil\n' });
  for (const [key, value] of [
    ['core.fsmonitor', script],
    ['core.hooksPath', outside],
    ['diff.external', script],
    ['diff.evil.textconv', script],
    ['diff.evil.command', script],
    ['filter.evil.smudge', script],
    ['filter.evil.clean', script],
    ['filter.evil.process', script],
    ['filter.evil.required', 'true'],
    ['gpg.program', script],
    ['log.showSignature', 'true'],
  ] as const)
    repository.git('config', key, value);
  for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction'])
    writeFileSync(join(outside, hook), `#!/bin/sh\necho hook >> '${join(outside, 'ran')}'\n`, { mode: 0o755 });
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => {
  repository.remove();
  rmSync(outside, { recursive: true });
});

it('runs nothing that a repository or its configuration names', async () => {
  vi.stubEnv('GIT_EXTERNAL_DIFF', join(outside, 'attack.sh'));
  const { folder } = repository;
  rmSync(join(outside, 'ran'), { force: true });
  expect(await mergeBase(folder, 'HEAD~1')).toBe(await resolveRevision(folder, 'HEAD~1'));
  const text = await withRevision(folder, await resolveRevision(folder, 'HEAD'), async (files) => {
    await files.former(join(folder, 'net.yaml'));
    return readFileSync((await files.place(join(folder, 'net.yaml'))) as string, 'utf8');
  });
  expect(text).toBe('two\n');
  await headCommit(folder);
  expect(ran()).toBe(false);
});

it('quotes a revision in the command that it advises', async () => {
  await expect(resolveRevision(repository.folder, 'x; touch y')).rejects.toThrow("git fetch origin 'x; touch y'.");
  await expect(resolveRevision(repository.folder, '--output=y')).rejects.toThrow("git fetch -- origin '--output=y'.");
});

it('looks for a configuration no further than the root of the repository', async () => {
  const inner = mkdtempSync(join(outside, 'inner-'));
  writeFileSync(join(outside, 'archmeter.config.mjs'), 'export default { models: ["alexnet"] };');
  await expect(loadGateConfig(inner)).rejects.toThrow(`no archmeter.config.yaml in ${inner}. Write one`);
});

it("runs no configuration with --no-config-code, and none of a fork's head unless told to", async () => {
  const path = join(outside, 'archmeter.config.mjs');
  await expect(loadGateConfig(outside, path, { code: false })).rejects.toThrow(
    'this configuration is a program, which is not run with --no-config-code. Write it as YAML or JSON.',
  );
  const event = join(outside, 'event.json');
  const pull = (head: string) => ({
    pull_request: { head: { repo: { full_name: head } }, base: { repo: { full_name: 'a/b' } } },
  });
  vi.stubEnv('GITHUB_ACTIONS', 'true');
  vi.stubEnv('GITHUB_EVENT_PATH', event);
  writeFileSync(event, JSON.stringify(pull('stranger/b')));
  await expect(loadGateConfig(outside, path)).rejects.toThrow("not run for a fork's pull request");
  expect((await loadGateConfig(outside, path, { code: true })).config.models).toEqual(['alexnet']);
  writeFileSync(event, JSON.stringify(pull('a/b')));
  expect((await loadGateConfig(outside, path)).config.models).toEqual(['alexnet']);
});
