import {
  acceptCompletion,
  autocompletion,
  type Completion,
  type CompletionContext,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { ErrorLocation } from '../../core/errors.js';
import { type Offer, offersAt, type SpecSchema } from './completion.js';
import { THEME } from './theme.js';

/** What is wrong with the text, and where. */
export interface Fault {
  readonly message: string;
  readonly location: ErrorLocation;
}

export interface MountedEditor {
  setFaults(faults: readonly Fault[]): void;
  focus(): void;
  dispose(): void;
}

const KINDS: Readonly<Record<Offer['kind'], string>> = {
  op: 'function',
  block: 'class',
  key: 'property',
  value: 'constant',
  name: 'variable',
};

/**
 * An editor of specs.
 *
 * @param place an element without contents
 * @param onChange called with every text that the reader makes
 */
export function mountEditor(
  place: HTMLElement,
  text: string,
  schema: SpecSchema,
  options: { readonly label: string; onChange(text: string): void },
): MountedEditor {
  // Within a shadow root its styles are sheets of the document model, which the page's policy lets be.
  const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' });
  const complete = ({ state, pos, explicit }: CompletionContext) => {
    const { from, offers } = offersAt(schema, state.doc.toString(), pos);
    const before = state.doc.sliceString(pos - 1, pos);
    if (offers.length === 0 || (from === pos && !explicit && !/[\s{[,:-]/.test(before))) return null;
    return { from, options: offers.map(asCompletion), validFor: /^[\w$./-]*$/ };
  };
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ override: [complete], icons: false }),
        yaml(),
        syntaxHighlighting(HIGHLIGHTS),
        THEME,
        EditorState.tabSize.of(2),
        EditorView.contentAttributes.of({ 'aria-label': options.label, spellcheck: 'false', tabindex: '0' }),
        EditorView.domEventHandlers({ beforeinput: replaceLines }),
        // Tab takes a completion while one is offered, and else leaves the editor: nobody is kept in it.
        keymap.of([
          { key: 'Tab', run: acceptCompletion },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...defaultKeymap,
          ...historyKeymap,
        ]),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) options.onChange(state.doc.toString());
        }),
      ],
    }),
  });
  return {
    setFaults(faults) {
      const diagnostics = faults.map(({ message, location }) => ({
        ...rangeOf(view.state, location),
        severity: 'error' as const,
        message: withoutPlace(message, location),
      }));
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    focus: () => view.focus(),
    dispose: () => view.destroy(),
  };
}

/** Chromium would write inline styles where it joins the lines that a letter is typed over. */
function replaceLines({ inputType, data }: InputEvent, view: EditorView): boolean {
  const { from, to } = view.state.selection.main;
  if (inputType !== 'insertText' || data === null || !view.state.sliceDoc(from, to).includes('\n')) return false;
  view.dispatch(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true });
  return true;
}

function asCompletion({ label, kind, detail, info, text }: Offer): Completion {
  return {
    label,
    type: KINDS[kind],
    ...(detail === undefined ? {} : { detail }),
    ...(info === undefined ? {} : { info }),
    ...(text === undefined ? {} : { apply: text }),
  };
}

/** From where the fault begins to the end of the word, or of the layer's line. */
function rangeOf({ doc }: EditorState, { line = 1, column }: ErrorLocation): { from: number; to: number } {
  const { from, to, text } = doc.line(Math.min(line, doc.lines));
  const at = column === undefined ? text.search(/\S|$/) : Math.min(column - 1, text.length);
  const rest = text.slice(at);
  const length = (/^[\w.$/-]+/.exec(rest)?.[0] ?? rest).length;
  return { from: from + at, to: Math.min(from + at + Math.max(length, 1), to) };
}

/** The gutter and the underline tell the line. */
const withoutPlace = (message: string, { file }: ErrorLocation) =>
  file !== undefined && message.startsWith(`${file}:`)
    ? message.slice(file.length + 1).replace(/^\d+(:\d+)?[:,]? */, '')
    : message;

const HIGHLIGHTS = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: 'var(--accent)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--muted-text)', fontStyle: 'italic' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--good)' },
  { tag: [tags.punctuation, tags.separator, tags.bracket, tags.squareBracket, tags.brace], color: 'var(--muted-text)' },
]);
