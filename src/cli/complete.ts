import type { Command } from './define-command.js';

/** Commands whose words are models. */
const TAKES_MODELS: ReadonlySet<string> = new Set([
  'advise',
  'analyze',
  'bench',
  'compare',
  'diff',
  'estimate',
  'explain',
  'export',
  'zoo',
]);

type Commands = Readonly<Record<string, () => Promise<{ default: Command }>>>;

/**
 * Words that may stand where the cursor is: commands first, then models where a command takes them, devices behind
 * `--on`, ops behind `--ops`, blocks behind `--blocks`, and options behind a dash.
 *
 * @param words of the line, without the program; the last one is being written, and may be empty
 */
export async function completionsOf(words: readonly string[], commands: Commands): Promise<string[]> {
  const [name = '', ...rest] = words;
  const current = rest.at(-1);
  if (current === undefined)
    return [...Object.keys(commands), 'completion', 'help'].filter((one) => one.startsWith(name));
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) return [];
  const found = current.startsWith('-')
    ? Object.keys((await load()).default.options).map((option) => `--${option}`)
    : await namesBehind(rest.at(-2), name);
  return found.filter((one) => one.startsWith(current));
}

async function namesBehind(before: string | undefined, command: string): Promise<readonly string[]> {
  switch (before) {
    case '--on':
      return (await import('../core/analysis/devices/index.js')).DEVICES.map(({ id }) => id);
    case '--ops':
      return [...(await import('../core/ops/index.js')).OPS.keys()];
    case '--blocks':
      return (await (await import('../core/zoo/index.js')).listBlocks()).map(({ name }) => name);
    default:
      if (before?.startsWith('--') || !TAKES_MODELS.has(command)) return [];
      return (await import('../core/zoo/index.js')).modelNames();
  }
}
