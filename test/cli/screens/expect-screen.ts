import stringWidth from 'string-width';
import { expect } from 'vitest';
import { expectGolden } from '../../golden.js';
import { run } from '../run.js';

export const WIDTHS = [80, 120] as const;

/** Printed for another program, or to be copied. */
const DATA: ReadonlySet<string> = new Set(['profile-how', 'sweep-show', 'sweep-emit']);

const golden = (name: string, columns: number) => new URL(`golden/${name}.${columns}.txt`, import.meta.url);

export function expectScreen(name: string, columns: number, text: string): void {
  expectGolden(text, golden(name, columns));
  for (const line of text.split('\n').slice(1)) {
    // A path or an address without a space stays whole, to be copied; data for another program stays as it is.
    if (!DATA.has(name) && /\S\s+\S/.test(line.trim()))
      expect(stringWidth(line), `${name}: ${line}`).toBeLessThanOrEqual(columns);
  }
}

/** What a command line prints, at each width. */
export async function expectRun(name: string, argv: readonly string[]): Promise<void> {
  for (const columns of WIDTHS) {
    const { code, out, err } = await run(argv, columns);
    const shown = [out, err && `--- stderr\n${err}`, code === 0 ? '' : `--- exit code ${code}\n`].join('');
    expectScreen(name, columns, `$ archmeter ${argv.join(' ')}\n${shown}`);
  }
}

/** A command's help, at each width. */
export async function expectHelp(name: string): Promise<void> {
  for (const columns of WIDTHS) {
    const { code, out } = await run([name, '--help'], columns);
    expect(code).toBe(0);
    expectScreen(`${name}-help`, columns, `$ archmeter ${name} --help\n${out}`);
  }
}
