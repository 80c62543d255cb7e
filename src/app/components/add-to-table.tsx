import { useState } from 'preact/hooks';
import type { Measurement } from '../../core/measurement.js';
import { save } from '../../core/report/client/tools.js';
import type { CommunityReply } from '../worker/protocol.js';
import type { WorkerClient } from '../worker-client.js';

interface AddToTableProps {
  readonly worker: WorkerClient;
  readonly measurement: Measurement;
}

/** A timing of the blocks for the table of devices: its file, or what keeps it out. */
export function AddToTable({ worker, measurement }: AddToTableProps) {
  const [reply, setReply] = useState<CommunityReply | null>(null);
  const add = async () => {
    const found = await worker.run('community', measurement);
    if (found.problems.length === 0) save(found.text, found.name);
    setReply(found);
  };
  return (
    <div class="add-to-table">
      <button type="button" class="quiet" onClick={add}>
        Add to the table of devices
      </button>
      <div role="status">
        {reply === null ? null : reply.problems.length === 0 ? (
          <p class="caption">
            {reply.name} is saved. Put it into <code>reports/community</code> of archmeter’s repository and open a pull
            request; what is checked there was checked here.
          </p>
        ) : (
          <>
            <p class="caption">It cannot stand there:</p>
            <ul class="caption">
              {reply.problems.map((problem) => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}
