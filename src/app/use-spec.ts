import { type StateUpdater, useCallback, useState } from 'preact/hooks';
import { EXAMPLE_SPEC } from './editor/example.js';
import type { PageState } from './page-state.js';
import { isResult } from './share.js';
import type { Problem } from './worker/protocol.js';
import type { WorkerClient } from './worker-client.js';

export interface SpecEditing {
  /** Of the spec in the editor. */
  readonly path: string | null;
  /** Whether the reader opened it, and not a link. */
  readonly isFocused: boolean;
  /** Why a model cannot be edited. */
  readonly problem: Problem | null;
  /** Opens a model in the editor: a spec as it is, another as a spec of its own beside it. */
  open(reference: string): void;
  /** Begins a new one. */
  begin(): void;
  write(text: string): void;
  close(): void;
}

/** The spec that is being edited, if any. */
export function useSpec(
  worker: WorkerClient,
  state: PageState,
  setState: (update: StateUpdater<PageState>) => void,
  taken: ReadonlySet<string>,
): SpecEditing {
  const [chosen, setChosen] = useState<string | null>(
    () => Object.keys(state.texts).find((path) => !isResult(path)) ?? null,
  );
  const [isFocused, setFocused] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  // Closed with its model.
  const path = chosen !== null && chosen in state.texts ? chosen : null;

  const edit = (reference: string, text: string | undefined) => {
    setProblem(null);
    setFocused(true);
    setChosen(reference);
    if (text === undefined) return;
    setState((before) => ({
      ...before,
      blocks: [],
      references: before.references.includes(reference) ? before.references : [...before.references, reference],
      texts: { ...before.texts, [reference]: text },
    }));
  };
  const freePath = (name: string) => {
    const isTaken = (candidate: string) => taken.has(candidate) || state.references.includes(candidate);
    for (let i = 1; ; i++) {
      const candidate = `${name}${i === 1 ? '' : `-${i}`}.yaml`;
      if (!isTaken(candidate)) return candidate;
    }
  };

  return {
    path,
    isFocused,
    problem,
    async open(reference) {
      if (reference in state.texts) return edit(reference, undefined);
      try {
        const { text, isOwn, name } = await worker.run('spec', { reference, settings: state.settings });
        edit(isOwn ? reference : freePath(name), text);
      } catch (error) {
        setProblem({ reference, message: (error as Error).message, location: {} });
      }
    },
    begin: () => edit(freePath('my-model'), EXAMPLE_SPEC),
    write: useCallback(
      (text) => path !== null && setState((before) => ({ ...before, texts: { ...before.texts, [path]: text } })),
      [path, setState],
    ),
    close: () => setChosen(null),
  };
}
