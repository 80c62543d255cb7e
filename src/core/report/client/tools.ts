import { all, el, find } from './dom.js';

/** Buttons that need a script, shown once it runs: download, copy, unfold. */
export function startTools(root: HTMLElement, source: string, title: string): void {
  find('[data-download]', root)?.setAttribute('aria-label', 'Download the data as JSON');
  for (const download of all<HTMLButtonElement>('[data-download], [data-save]', root)) {
    download.hidden = false;
    download.addEventListener('click', () => save(source, `${fileName(title)}.json`));
  }
  for (const button of all<HTMLButtonElement>('[data-copy]', root)) {
    button.hidden = navigator.clipboard === undefined;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(button.dataset['copy'] ?? '');
      button.textContent = 'Copied';
    });
  }
  for (const button of all<HTMLButtonElement>('[data-unfold]', root)) {
    const target = document.getElementById(button.dataset['unfold'] ?? '');
    button.hidden = target === null;
    button.addEventListener('click', () => {
      const open = target?.classList.toggle('open') ?? false;
      button.setAttribute('aria-expanded', String(open));
      button.textContent = open ? 'Fewer figures' : 'More figures';
    });
  }
}

/** Hands a text to the reader as a file. */
export function save(contents: BlobPart, name: string, type = 'application/json'): void {
  const url = URL.createObjectURL(new Blob([contents], { type }));
  const link = el('a', { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function fileName(title: string): string {
  return (
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'report'
  );
}
