// Written by `npm run registries` from the files in this folder. Do not edit.

/** Members by file name, imported when asked for. */
export const registry = {
  bottleneck: () => import('./bottleneck.js'),
  'channel-multiple': () => import('./channel-multiple.js'),
  'dense-concatenation': () => import('./dense-concatenation.js'),
  'elementwise-share': () => import('./elementwise-share.js'),
  fragmentation: () => import('./fragmentation.js'),
  'group-convolution': () => import('./group-convolution.js'),
  'late-downsampling': () => import('./late-downsampling.js'),
  'memory-peak': () => import('./memory-peak.js'),
  'unequal-channels': () => import('./unequal-channels.js'),
} as const;
