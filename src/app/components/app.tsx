import { useCallback, useMemo, useRef, useState } from 'preact/hooks';
import type { ReportDocument } from '../../core/report/document.js';
import { named } from '../given.js';
import { EMPTY, isEmpty, type PageState } from '../page-state.js';
import { fromFragment, withoutFiles } from '../share.js';
import { useAnalysis } from '../use-analysis.js';
import { useDrop } from '../use-drop.js';
import { useLink } from '../use-link.js';
import { useSpec } from '../use-spec.js';
import type { GivenFile } from '../worker/protocol.js';
import type { WorkerClient } from '../worker-client.js';
import { Controls } from './controls.js';
import { Header } from './header.js';
import { Picker } from './picker.js';
import { Problems } from './problems.js';
import { Report } from './report.js';
import { Save } from './save.js';
import { SpecEditor } from './spec-editor.js';
import { Timing } from './timing.js';
import { Welcome } from './welcome.js';

export function App({ worker }: { readonly worker: WorkerClient }) {
  const [state, setState] = useState<PageState>(() => fromFragment(location.hash) ?? EMPTY);
  const [isTaking, setTaking] = useState(false);
  const [isTiming, setTiming] = useState(false);
  const paths = useRef(new Set<string>());
  const { reply, failure, isBusy, isSlow, setReply } = useAnalysis(worker, state);
  const spec = useSpec(worker, state, setState, paths.current);
  /** How often a link was followed: the editor begins anew. */
  const [turn, setTurn] = useState(0);
  const follow = useCallback((linked: PageState) => {
    setState(linked);
    setTurn((before) => before + 1);
  }, []);
  const linked = useMemo(() => withoutFiles(state, paths.current), [state]);
  useLink(linked, follow);

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
  const isDragged = useDrop(isTiming, take);

  const add = (reference: string) =>
    setState((before) =>
      before.references.includes(reference)
        ? before
        : { ...before, blocks: [], references: [...before.references, reference] },
    );
  const remove = (reference: string) =>
    setState(({ texts: { [reference]: _, ...texts }, ...before }) => ({
      ...before,
      texts,
      references: before.references.filter((other) => other !== reference),
      blocks: before.blocks.filter((other) => other !== reference),
    }));
  const shown = reply?.document;
  const problems = reply?.problems ?? [];
  const faults = useMemo(() => problems.filter(({ reference }) => reference === spec.path), [problems, spec.path]);
  const hasFigures = shown !== undefined && shown.analyses.length + shown.measurements.length > 0;

  return (
    <div class={isDragged ? 'page dragged' : 'page'}>
      <a class="skip" href="#top">
        Skip to the figures
      </a>
      <Header>{hasFigures ? <Save worker={worker} document={shown as ReportDocument} linked={linked} /> : null}</Header>
      <section class="workbench" aria-label="Models and settings" inert={isTiming}>
        <Picker
          references={state.references}
          blocks={state.blocks}
          problems={problems}
          editable={Object.keys(reply?.names ?? {})}
          onEdit={spec.open}
          onWrite={spec.begin}
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
      <main id="top" aria-busy={isTaking || isBusy}>
        {isEmpty(state) ? <Welcome onOpen={setState} onWrite={spec.begin} /> : null}
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
        <Problems problems={spec.problem === null ? problems : [...problems, spec.problem]} />
        {spec.path === null ? null : (
          <SpecEditor
            key={`${turn} ${spec.path}`}
            worker={worker}
            path={spec.path}
            text={state.texts[spec.path] ?? ''}
            isFocused={spec.isFocused}
            problems={faults}
            analysis={shown?.analyses.find(({ model }) => model.name === reply?.names[spec.path ?? ''])}
            onText={spec.write}
            onClose={spec.close}
          />
        )}
        {hasFigures ? (
          <Timing
            worker={worker}
            state={state}
            timed={shown?.measurements[0]}
            isTiming={isTiming}
            onTiming={setTiming}
            onReply={setReply}
          />
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
