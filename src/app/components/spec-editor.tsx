import { useEffect, useRef, useState } from 'preact/hooks';
import type { AnalysisResult } from '../../core/analysis/result.js';
import { save } from '../../core/report/client/tools.js';
import type { MountedEditor } from '../editor/mount.js';
import type { Problem } from '../worker/protocol.js';
import type { WorkerClient } from '../worker-client.js';
import { SpecPreview } from './spec-preview.js';

interface SpecEditorProps {
  readonly worker: WorkerClient;
  readonly path: string;
  /** What it holds; the editor takes it when it opens. */
  readonly text: string;
  /** Whether it was opened by hand, so that it takes the cursor. */
  readonly isFocused: boolean;
  readonly problems: readonly Problem[];
  /** Of the text, or of the last one without fault; undefined where there was none. */
  readonly analysis: AnalysisResult | undefined;
  onText(text: string): void;
  onClose(): void;
}

/** A spec as it is written, with its figures and its structure beside it. */
export function SpecEditor({ worker, path, text, isFocused, problems, analysis, onText, onClose }: SpecEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<MountedEditor | undefined>(undefined);
  const [isReady, setReady] = useState(false);
  const latest = useRef({ text, isFocused, onText });
  latest.current = { text, isFocused, onText };

  useEffect(() => {
    let gone = false;
    void Promise.all([import('../editor/mount.js'), worker.run('specSchema')]).then(([{ mountEditor }, schema]) => {
      if (gone || place.current === null) return;
      editor.current = mountEditor(place.current, latest.current.text, schema as Parameters<typeof mountEditor>[2], {
        label: `Layer spec ${path}`,
        onChange: (next) => latest.current.onText(next),
      });
      if (latest.current.isFocused) editor.current.focus();
      setReady(true);
    });
    return () => {
      gone = true;
      editor.current?.dispose();
      editor.current = undefined;
    };
  }, [path, worker]);

  useEffect(() => {
    if (isReady) editor.current?.setFaults(problems);
  }, [problems, isReady]);

  return (
    <section class="spec card" aria-labelledby="spec-title">
      <header>
        <h2 id="spec-title">
          <bdi>{path}</bdi>
        </h2>
        <button
          type="button"
          class="quiet"
          onClick={() =>
            save(text, path.replace(/^.*\//, ''), /\.json$/i.test(path) ? 'application/json' : 'text/yaml')
          }
        >
          Download
        </button>
        <button type="button" class="quiet" onClick={onClose}>
          Close the editor
        </button>
      </header>
      <div class="spec-columns">
        <div class="spec-text" ref={place} />
        <SpecPreview analysis={analysis} isStale={problems.length > 0} />
      </div>
      <p class="caption">
        Ctrl+Space offers what can stand at the cursor. The text stays here, and travels in the link.
      </p>
    </section>
  );
}
