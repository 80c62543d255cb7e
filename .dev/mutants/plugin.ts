import type { Plugin } from 'vitest/config';
import { MUTANTS } from './list.js';

/** Vite plugin that makes the line of `ARCHMETER_MUTANT` wrong as its file is loaded. */
export function mutantPlugin(): Plugin {
  const mutant = MUTANTS[Number(process.env['ARCHMETER_MUTANT'] || -1)];
  return {
    name: 'mutant',
    enforce: 'pre',
    transform(code, id) {
      return mutant !== undefined && id.endsWith(`/${mutant.file}`)
        ? { code: code.replace(mutant.find, () => mutant.replace), map: null }
        : undefined;
    },
  };
}
