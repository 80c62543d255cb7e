// Written by `npm run registries` from the files in this folder. Do not edit.

/** Members by file name, imported when asked for. */
export const registry = {
  csv: () => import('./csv.js'),
  html: () => import('./html.js'),
  json: () => import('./json.js'),
  markdown: () => import('./markdown.js'),
} as const;
