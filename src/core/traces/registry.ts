// Written by `npm run registries` from the files in this folder. Do not edit.

/** Members by file name, imported when asked for. */
export const registry = {
  pytorch: () => import('./pytorch/index.js'),
} as const;
