import { useEffect, useRef, useState } from 'preact/hooks';
import { isEmpty, type PageState } from './page-state.js';
import type { AnalysisReply } from './worker/protocol.js';
import type { WorkerClient } from './worker-client.js';

/** While a number or a spec is being typed. */
const SETTLE_MS = 80;
/** Longer than this the reader may end what goes on. */
const PATIENCE_MS = 1500;

export interface Analysis {
  readonly reply: AnalysisReply | null;
  /** What went wrong with all of it. */
  readonly failure: string | null;
  /** Whether the reply is that of another state. */
  readonly isBusy: boolean;
  readonly isSlow: boolean;
  setReply(reply: AnalysisReply): void;
}

/** The report of what is open, made anew when that changes. */
export function useAnalysis(worker: WorkerClient, state: PageState): Analysis {
  const [reply, setReply] = useState<AnalysisReply | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [answered, setAnswered] = useState(state);
  const [isSlow, setSlow] = useState(false);
  const asked = useRef(0);

  useEffect(() => {
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

  return { reply, failure, isBusy: answered !== state, isSlow, setReply };
}
