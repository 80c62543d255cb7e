/** Writes `bytes` of host memory, so that the processor's caches hold nothing else. */
export function cacheFlusher(): (bytes: number) => void {
  let block = new Float64Array(0);
  let value = 0;
  return (bytes) => {
    const elements = Math.ceil(bytes / 8);
    if (block.length < elements) block = new Float64Array(elements);
    value++;
    block.fill(value);
  };
}
