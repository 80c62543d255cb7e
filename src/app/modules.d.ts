/** Bytes that the bundler puts into the module that imports them. */
declare module '*.wasm' {
  const bytes: Uint8Array;
  export default bytes;
}

declare module 'archmeter:fonts/*' {
  const bytes: Uint8Array;
  export default bytes;
}

/** `src/node/png`, on a canvas of the browser (`.dev/app.js`). */
declare module 'archmeter:png' {
  export function renderPng(input: import('../core/report/index.js').ReportInput): Promise<Uint8Array>;
}

/** Of the files in `reports/community`, when the page was built. */
declare module 'archmeter:community' {
  const rows: readonly import('../core/compose/community-rows.js').CommunityRow[];
  export default rows;
}
