// Written by `npm run registries` from the files in this folder. Do not edit.

/** Members by file name, imported when asked for. */
export const registry = {
  'amd-hwmon': () => import('./amd-hwmon.js'),
  csv: () => import('./csv.js'),
  'intel-hwmon': () => import('./intel-hwmon.js'),
  'nvidia-smi': () => import('./nvidia-smi.js'),
  nvml: () => import('./nvml.js'),
  powermetrics: () => import('./powermetrics.js'),
  rapl: () => import('./rapl.js'),
} as const;
