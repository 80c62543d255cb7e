import { afterAll, beforeAll, it, vi } from 'vitest';
import { TestRepository } from '../../node/gate/repository.js';
import { expectRun } from './expect-screen.js';

// Timing takes minutes and has tests of its own.
vi.mock('../../../src/cli/timing/timing.js', async () => ({
  timeArms: (await import('../timed-by-work.js')).timedByWork,
}));
// The page is served until someone ends it, and has tests of its own.
vi.mock('../../../src/node/app-server.js', () => ({
  serveApp: async () => ({ url: 'http://localhost:1/', interrupted: async () => {}, close: async () => {} }),
}));

const workingDirectory = process.cwd();
let repository: TestRepository;

beforeAll(() => {
  repository = new TestRepository();
  process.chdir(repository.folder);
});
afterAll(() => {
  process.chdir(workingDirectory);
  repository.remove();
});

it.each([
  ['app', ['app', '--no-open']],
  ['balance', ['balance', 'vovnet39', 'densenet121', 'resnet50']],
  ['calibrate', ['calibrate', '-o', 'machine.json', '--force']],
  ['reproduce-time', ['reproduce', 'shufflenet-v2', '--time']],
  ['setup', ['setup', 'tfjs-node', '--libtensorflow', '/nowhere']],
])('%s', expectRun);
