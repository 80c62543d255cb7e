import { MEASURED_METRICS } from '../../core/compare/gate-config.js';
import type { HistoryEntry } from '../../core/report/define-reporter.js';
import type { Judgement } from './judge.js';

/** Adds the figures of a commit to a file of history, and gives what it then holds. */
export async function addToHistory(path: string, judgement: Judgement): Promise<HistoryEntry[]> {
  const { appendHistory } = await import('../../node/history-file.js');
  return appendHistory(path, await historyEntry(judgement));
}

async function historyEntry({ session, models, outcome: { rows } }: Judgement): Promise<HistoryEntry> {
  const { headCommit } = await import('../../node/git.js');
  const measured: ReadonlySet<string> = new Set(MEASURED_METRICS);
  const figures = models.map(({ name, result }) => {
    const own = rows.filter(({ model, actual }) => model === name && actual !== null);
    const gated = own.flatMap(({ metric, actual }) =>
      metric in result.totals || measured.has(metric) ? [[metric, actual]] : [],
    );
    return [name, Object.fromEntries(gated)];
  });
  return { ...(await headCommit(session.folder)), models: Object.fromEntries(figures) };
}
