import { startTheme } from '../core/report/client/theme.js';

const listeners = new Set<() => void>();

/** Once the header stands. */
export function startColours(): void {
  startTheme(() => {
    for (const listener of listeners) listener();
  });
}

/** @returns a function that forgets the listener */
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
