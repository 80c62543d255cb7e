// Written by `npm run registries` from the files in this folder. Do not edit.

/** Members by file name, imported when asked for. */
export const registry = {
  accept: () => import('./accept.js'),
  advise: () => import('./advise.js'),
  analyze: () => import('./analyze.js'),
  app: () => import('./app.js'),
  balance: () => import('./balance.js'),
  baseline: () => import('./baseline.js'),
  bench: () => import('./bench.js'),
  blocks: () => import('./blocks.js'),
  calibrate: () => import('./calibrate.js'),
  check: () => import('./check.js'),
  compare: () => import('./compare.js'),
  devices: () => import('./devices.js'),
  diff: () => import('./diff.js'),
  estimate: () => import('./estimate.js'),
  explain: () => import('./explain.js'),
  export: () => import('./export.js'),
  help: () => import('./help.js'),
  init: () => import('./init.js'),
  profile: () => import('./profile.js'),
  report: () => import('./report.js'),
  reproduce: () => import('./reproduce.js'),
  setup: () => import('./setup.js'),
  sweep: () => import('./sweep.js'),
  zoo: () => import('./zoo.js'),
} as const;
