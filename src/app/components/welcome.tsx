import { EXAMPLES, type PageState } from '../page-state.js';
import { CommunityTable } from './community-table.js';

/** Before anything is open. */
export function Welcome({ onOpen, onWrite }: { onOpen(state: PageState): void; onWrite(): void }) {
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <h1 id="welcome-title">What does a neural network cost?</h1>
      <p class="subject">
        FLOPs and parameters do not predict speed; memory access does. Drop a model: every layer’s FLOPs, parameters and
        memory traffic, counted exactly, here in your browser. Then time it on your own GPU.
      </p>
      <p class="drop-place">
        <strong>Drop a file or a folder anywhere:</strong> .onnx .pt2 .keras .h5 .tflite, TensorFlow.js, a layer spec, a
        profile of PyTorch or ONNX Runtime, a result that archmeter wrote. Or begin with these:
      </p>
      <ul class="examples">
        {EXAMPLES.map(({ title, state }) => (
          <li key={title}>
            <button type="button" class="tab" onClick={() => onOpen(state)}>
              <strong>{title}</strong>
              <span>{[...state.references, ...state.blocks.map((id) => `group ${id}`)].join(', ')}</span>
            </button>
          </li>
        ))}
        <li>
          <button type="button" class="tab" onClick={onWrite}>
            <strong>Write a model</strong>
            <span>a layer spec with completion, its figures and structure as you type</span>
          </button>
        </li>
      </ul>
      <CommunityTable />
    </section>
  );
}
