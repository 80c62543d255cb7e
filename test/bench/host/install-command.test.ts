import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installCommand } from '../../../src/bench/host/install-command.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archmeter-test-'));
  mkdirSync(join(folder, 'project'));
  writeFileSync(join(folder, 'project/package.json'), '{}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILE = 'node_modules/archmeter/dist/chunks/x.js';

it.each([
  ['in a project', 'project', 'npm install onnxruntime-node'],
  ['globally', 'lib', 'npm install --global onnxruntime-node'],
  ['by npx', '.npm/_npx/0123', 'npx --package archmeter --package onnxruntime-node archmeter'],
])('tells what installs a package beside archmeter, installed %s', (_, root, command) => {
  expect(installCommand('onnxruntime-node', '', join(folder, root, FILE))).toBe(command);
});

it('adds nothing to a checkout, and passes options of npm on where they reach it', () => {
  expect(installCommand('duckdb')).toBe('npm install --no-save duckdb');
  expect(installCommand('duckdb', '--flag', join(folder, 'project', FILE))).toBe('npm install duckdb --flag');
  expect(installCommand('duckdb', '--flag', join(folder, '_npx/0123', FILE))).toBe(
    'npm install archmeter duckdb --flag, then npx archmeter in that folder',
  );
});
