import { access } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { ArchmeterError } from '../../core/errors.js';
import { defineCommand } from '../define-command.js';
import { configTemplate } from '../gate/template.js';

const NAMES = ['yaml', 'yml', 'json', 'js', 'mjs', 'cjs'].map((ending) => `archmeter.config.${ending}`);

export default defineCommand({
  usage: 'init',
  summary: 'Write a commented archmeter.config.yaml for archmeter check',
  options: {
    output: {
      alias: 'o',
      type: 'string',
      default: NAMES[0],
      describe: 'The configuration to write',
      requiresArg: true,
    },
  },
  examples: [['init', 'with the models found here']],
  async run(args, streams) {
    const path = resolve(String(args['output']));
    const { refusePlace } = await import('../../node/write-atomically.js');
    await refusePlace(path);
    await refuseExisting(path);
    const { writeFileSafely } = await import('../output.js');
    await writeFileSafely(path, await configTemplate(process.cwd(), dirname(path)), {} as typeof args, streams, true);
    const typed = String(args['output']);
    const own = dirname(path) === process.cwd() && NAMES.includes(typed) ? '' : ` --config ${typed}`;
    streams.out(`wrote ${typed}; now run 'archmeter baseline update${own}' and commit both files\n`);
    return 0;
  },
});

async function refuseExisting(path: string): Promise<void> {
  const folder = resolve(path, '..');
  for (const candidate of [path, ...NAMES.map((name) => resolve(folder, name))]) {
    const exists = await access(candidate).then(
      () => true,
      () => false,
    );
    if (exists) {
      throw new ArchmeterError('there is a configuration already', 'Edit it, or delete it first.', {
        file: relative(process.cwd(), candidate),
      });
    }
  }
}
