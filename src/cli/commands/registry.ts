// Written by `npm run registries` from the files in this folder. Do not edit.

/** Members by file name, imported when asked for. */
export const registry = {
  analyze: () => import('./analyze.js'),
  bench: () => import('./bench.js'),
  blocks: () => import('./blocks.js'),
  compare: () => import('./compare.js'),
  devices: () => import('./devices.js'),
  explain: () => import('./explain.js'),
  export: () => import('./export.js'),
  report: () => import('./report.js'),
  zoo: () => import('./zoo.js'),
} as const;
