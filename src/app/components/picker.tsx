import { useRef, useState } from 'preact/hooks';
import { modelNames } from '../../core/zoo/catalog.js';
import { fromInput } from '../drop.js';
import type { GivenFile, Problem } from '../worker/protocol.js';

interface PickerProps {
  readonly references: readonly string[];
  readonly blocks: readonly string[];
  readonly problems: readonly Problem[];
  /** Those that may be written as a spec. */
  readonly editable: readonly string[];
  onEdit(reference: string): void;
  onWrite(): void;
  onAdd(reference: string): void;
  onRemove(reference: string): void;
  onFiles(files: readonly GivenFile[]): void;
}

const NAMES = modelNames();

/** What is open, and the ways to open more. */
export function Picker({
  references,
  blocks,
  problems,
  editable,
  onEdit,
  onWrite,
  onAdd,
  onRemove,
  onFiles,
}: PickerProps) {
  const [text, setText] = useState('');
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement | null) => {
    onFiles(fromInput(input?.files ?? null));
    if (input !== null) input.value = '';
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (text.trim() !== '') onAdd(text.trim());
    setText('');
  };
  return (
    <div class="picker">
      <form onSubmit={submit}>
        <label class="visually-hidden" for="zoo-name">
          A model of the zoo
        </label>
        <input
          id="zoo-name"
          type="search"
          list="zoo-names"
          placeholder={`Add one of ${NAMES.length} models`}
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <datalist id="zoo-names">
          {NAMES.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <button type="submit" class="quiet">
          Add
        </button>
      </form>
      <button type="button" class="quiet primary" onClick={() => files.current?.click()}>
        Open files …
      </button>
      <button type="button" class="quiet" onClick={() => folder.current?.click()}>
        Open a folder …
      </button>
      <button type="button" class="quiet" onClick={onWrite}>
        Write a spec
      </button>
      <input ref={files} type="file" multiple hidden data-files onChange={() => take(files.current)} />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        data-folder
        {...{ webkitdirectory: true }}
        onChange={() => take(folder.current)}
      />
      <ul class="open-models" aria-label="Open models">
        {[...references, ...blocks].map((reference) => {
          const problem = problems.find((candidate) => candidate.reference === reference);
          const title = blocks.includes(reference) ? `Blocks, group ${reference}` : reference;
          return (
            <li key={reference} class={problem === undefined ? 'open-model' : 'open-model failed'}>
              <bdi>{title}</bdi>
              {editable.includes(reference) ? (
                <button
                  type="button"
                  class="edit"
                  aria-label={`Edit ${title} as a spec`}
                  onClick={() => onEdit(reference)}
                >
                  Edit
                </button>
              ) : null}
              <button type="button" aria-label={`Close ${title}`} onClick={() => onRemove(reference)}>
                ×
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
