import { useEffect, useRef, useState } from 'preact/hooks';
import { fileName, save } from '../../core/report/client/tools.js';
import type { ReportDocument } from '../../core/report/document.js';
import type { PageState } from '../page-state.js';
import { withResults } from '../share.js';
import type { WorkerClient } from '../worker-client.js';

const FORMATS = [
  ['html', 'Report (HTML)', 'html', 'text/html'],
  ['json', 'Data (JSON)', 'json', 'application/json'],
  ['markdown', 'Tables (Markdown)', 'md', 'text/markdown'],
  ['csv', 'Layers (CSV)', 'csv', 'text/csv'],
] as const;

const WITH_RESULTS = 'Link with the timing';

/** A link to what is open, and files of it. */
export function Save({
  worker,
  document: shown,
  linked,
}: {
  readonly worker: WorkerClient;
  readonly document: ReportDocument;
  /** What a link can hold of what is open. */
  readonly linked: PageState;
}) {
  const [copied, setCopied] = useState(false);
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = ({ target }: Event) => {
      if (menu.current !== null && !menu.current.contains(target as Node)) menu.current.open = false;
    };
    document.addEventListener('pointerdown', close);
    return () => document.removeEventListener('pointerdown', close);
  }, []);
  const copy = async () => {
    await navigator.clipboard.writeText(location.href);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  const [measured] = shown.measurements;
  const [copiedResults, setCopiedResults] = useState(WITH_RESULTS);
  const copyResults = async () => {
    const fragment = measured === undefined ? undefined : withResults(linked, measured);
    if (fragment !== undefined) await navigator.clipboard.writeText(new URL(fragment, location.href).href);
    setCopiedResults(fragment === undefined ? 'Too large for a link: save the measurement' : 'Copied');
    setTimeout(() => setCopiedResults(WITH_RESULTS), 4000);
  };
  const picture = async () => {
    const bytes = await worker.run('picture');
    if (bytes !== undefined) save(bytes, `${fileName(shown.title)}.png`, 'image/png');
  };
  return (
    <>
      <button type="button" class="quiet" onClick={copy}>
        {copied ? 'Copied' : 'Copy link'}
      </button>
      <details class="menu" ref={menu}>
        <summary>Save</summary>
        <div class="save-list">
          {FORMATS.map(([format, title, ending, type]) => (
            <button
              key={format}
              type="button"
              class="quiet"
              onClick={async () => save(await worker.run('render', format), `${fileName(shown.title)}.${ending}`, type)}
            >
              {title}
            </button>
          ))}
          <button type="button" class="quiet" onClick={picture}>
            Picture (PNG)
          </button>
          {measured === undefined ? null : (
            <button type="button" class="quiet" onClick={copyResults}>
              {copiedResults}
            </button>
          )}
          {shown.measurements.map((measurement, i) => (
            <button
              key={measurement.startedAt}
              type="button"
              class="quiet"
              onClick={() =>
                save(
                  `${JSON.stringify(measurement, null, 2)}\n`,
                  `measurement-${fileName(measurement.device.name)}${i === 0 ? '' : `-${i + 1}`}.json`,
                )
              }
            >
              Measurement (JSON)
            </button>
          ))}
        </div>
      </details>
    </>
  );
}
