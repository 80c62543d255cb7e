/** Bytes that the bundler puts into the module that imports them. */
declare module '*.wasm' {
  const bytes: Uint8Array;
  export default bytes;
}
