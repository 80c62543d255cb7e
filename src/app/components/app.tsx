import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ReportDocument } from '../../core/report/document.js';
import { fromDrop } from '../drop.js';
import { named } from '../given.js';
import { EMPTY, isEmpty, type PageState } from '../page-state.js';
import { fromFragment, toFragment } from '../share.js';
import type { AnalysisReply, GivenFile } from '../worker/protocol.js';
import type { WorkerClient } from '../worker-client.js';
import { Controls } from './controls.js';
import { Header } from './header.js';
import { Picker } from './picker.js';
import { Problems } from './problems.js';
import { Report } from './report.js';
import { Save } from './save.js';
import { Timing } from './timing.js';
import { Welcome } from './welcome.js';

/** While a number is being typed. */
const SETTLE_MS = 80;
/** Longer than this the reader may end what goes on. */
const PATIENCE_MS = 1500;

export function App({ worker }: { readonly worker: WorkerClient }) {
  const [state, setState] = useState<PageState>(() => fromFragment(location.hash) ?? EMPTY);
  const [reply, setReply] = useState<AnalysisReply | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  /** The last state that was answered, and whether files are being taken: what is newer is being read. */
  const [answered, setAnswered] = useState(state);
  const [isTaking, setTaking] = useState(false);
  const [isSlow, setSlow] = useState(false);
  const [isTiming, setTiming] = useState(false);
  const [isDragged, setDragged] = useState(false);
  const paths = useRef(new Set<string>());
  const asked = useRef(0);

  useEffect(() => {
    const shared = { ...state, references: state.references.filter((reference) => !paths.current.has(reference)) };
    history.replaceState(null, '', isEmpty(shared) ? location.pathname : toFragment(shared));
    const turn = ++asked.current;
    const isCurrent = () => turn === asked.current;
    if (isEmpty(state)) {
      setReply(null);
      setFailure(null);
      setAnswered(state);
      return;
    }
    const patience = setTimeout(() => isCurrent() && setSlow(true), PATIENCE_MS);
    const start = setTimeout(async () => {
      try {
        const found = await worker.run('analyse', state);
        if (!isCurrent()) return;
        setReply(found);
        setFailure(null);
      } catch (error) {
        if (isCurrent()) setFailure((error as Error).message);
      } finally {
        clearTimeout(patience);
        if (isCurrent()) {
          setSlow(false);
          setAnswered(state);
        }
      }
    }, SETTLE_MS);
    return () => {
      clearTimeout(start);
      clearTimeout(patience);
    };
  }, [state, worker]);

  useEffect(() => {
    const onHash = () => {
      const linked = fromFragment(location.hash);
      if (linked !== undefined) setState(linked);
    };
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  }, []);

  const take = useCallback(
    async (files: readonly GivenFile[]) => {
      if (files.length === 0) return;
      const { files: placed, references } = named(files, (path) => paths.current.has(path));
      for (const { path } of placed) paths.current.add(path);
      setTaking(true);
      await worker.give(placed).catch(() => undefined);
      setTaking(false);
      setState((before) => ({ ...before, blocks: [], references: [...before.references, ...references] }));
    },
    [worker],
  );

  useEffect(() => {
    if (isTiming) return;
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
  }, [isTiming, take]);

  const add = (reference: string) =>
    setState((before) =>
      before.references.includes(reference)
        ? before
        : { ...before, blocks: [], references: [...before.references, reference] },
    );
  const remove = (reference: string) =>
    setState((before) => ({
      ...before,
      references: before.references.filter((other) => other !== reference),
      blocks: before.blocks.filter((other) => other !== reference),
    }));
  const shown = reply?.document;
  const hasFigures = shown !== undefined && shown.analyses.length + shown.measurements.length > 0;

  return (
    <div class={isDragged ? 'page dragged' : 'page'}>
      <a class="skip" href="#top">
        Skip to the figures
      </a>
      <Header>{hasFigures ? <Save worker={worker} document={shown as ReportDocument} /> : null}</Header>
      <section class="workbench" aria-label="Models and settings" inert={isTiming}>
        <Picker
          references={state.references}
          blocks={state.blocks}
          problems={reply?.problems ?? []}
          onAdd={add}
          onRemove={remove}
          onFiles={take}
        />
        {isEmpty(state) ? null : (
          <Controls
            settings={state.settings}
            onChange={(change) => setState((before) => ({ ...before, settings: { ...before.settings, ...change } }))}
          />
        )}
      </section>
      <main id="top" aria-busy={isTaking || answered !== state}>
        {isEmpty(state) ? <Welcome onOpen={setState} /> : null}
        {isSlow ? (
          <p class="slow" role="status">
            Reading …{' '}
            <button type="button" class="quiet" onClick={() => worker.restart('It was stopped.')}>
              Stop
            </button>
          </p>
        ) : null}
        {failure === null ? null : (
          <p class="problem" role="alert">
            {failure}
          </p>
        )}
        <Problems problems={reply?.problems ?? []} />
        {hasFigures ? (
          <Timing worker={worker} state={state} isTiming={isTiming} onTiming={setTiming} onReply={setReply} />
        ) : null}
        {hasFigures ? <Report document={shown as ReportDocument} /> : null}
      </main>
      <footer>
        <p>archmeter counts every layer here in this page; it works without a network. Press Ctrl+P for paper.</p>
      </footer>
      <div class="drop-hint" aria-hidden="true">
        Drop it here: .onnx .pt2 .keras .h5 .tflite, a TensorFlow.js folder, a spec, a profile or a result
      </div>
    </div>
  );
}
