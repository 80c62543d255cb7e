import { DARK, LIGHT, type Theme } from '../palette.js';
import { find } from './dom.js';

const KEY = 'archmeter-theme';
const system = window.matchMedia('(prefers-color-scheme: dark)');

export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset['theme'];
  return (chosen === undefined ? system.matches : chosen === 'dark') ? DARK : LIGHT;
}

/** Restores the reader's choice and wires the button; without a choice the system decides. */
export function startTheme(onChange: () => void): void {
  const stored = recall();
  if (stored === 'light' || stored === 'dark') document.documentElement.dataset['theme'] = stored;
  const button = find<HTMLButtonElement>('[data-theme-toggle]');
  const describe = () => {
    const other = currentTheme().name === 'dark' ? 'light' : 'dark';
    if (button === null) return;
    button.textContent = other === 'dark' ? 'Dark' : 'Light';
    button.setAttribute('aria-label', `Use ${other} colours`);
  };
  const changed = () => {
    describe();
    onChange();
  };
  if (button !== null) button.hidden = false;
  button?.addEventListener('click', () => {
    const next = currentTheme().name === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = next;
    remember(next);
    changed();
  });
  system.addEventListener('change', changed);
  describe();
}

// A page opened from a file may be denied storage: then the choice lasts as long as the page.
function recall(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(theme: string): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {}
}
