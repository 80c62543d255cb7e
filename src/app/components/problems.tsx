import type { Problem } from '../worker/protocol.js';

/** What could not be read or computed, in the words of the command line. */
export function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  return (
    <div role="alert">
      {problems.map(({ reference, message }) => (
        <p key={reference} class="problem">
          {message}
        </p>
      ))}
    </div>
  );
}
