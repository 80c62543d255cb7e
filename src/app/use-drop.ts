import { useEffect, useState } from 'preact/hooks';
import { fromDrop } from './drop.js';
import type { GivenFile } from './worker/protocol.js';

/**
 * Takes what is dropped anywhere on the page.
 *
 * @returns whether something is being dragged over it
 */
export function useDrop(isOff: boolean, take: (files: readonly GivenFile[]) => Promise<void>): boolean {
  const [isDragged, setDragged] = useState(false);
  useEffect(() => {
    if (isOff) return;
    const stop = new AbortController();
    const on = <K extends 'dragover' | 'dragleave' | 'drop'>(name: K, listener: (event: DragEvent) => void) =>
      document.addEventListener(name, listener, { signal: stop.signal });
    on('dragover', (event) => {
      event.preventDefault();
      setDragged(true);
    });
    on('dragleave', ({ relatedTarget }) => {
      if (relatedTarget === null) setDragged(false);
    });
    on('drop', async (event) => {
      event.preventDefault();
      setDragged(false);
      if (event.dataTransfer !== null) await take(await fromDrop(event.dataTransfer));
    });
    return () => stop.abort();
  }, [isOff, take]);
  return isDragged;
}
