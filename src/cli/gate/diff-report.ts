import type { AnalysisResult } from '../../core/analysis/result.js';
import { ArchmeterError } from '../../core/errors.js';
import { titleOf } from '../../core/report/document.js';
import type { Arguments, Streams } from '../define-command.js';
import { commandLine, writeFileSafely } from '../output.js';

/** Writes each `--report` of `diff`: .html or .png. */
export async function writeDiffReports(
  sides: readonly (readonly [AnalysisResult, AnalysisResult])[],
  args: Arguments,
  streams: Streams,
): Promise<void> {
  const paths = (args['report'] as string[] | undefined) ?? [];
  if (paths.length === 0) return;
  for (const path of paths) {
    if (!/\.(html|png)$/i.test(path)) {
      throw new ArchmeterError(
        `--report ${path}: a difference is drawn as .html or .png`,
        'Give one of these endings; --format json and markdown with --output write the others.',
      );
    }
  }
  const { diffPair } = await import('../../core/report/diff/align.js');
  const pairs = sides.map(([before, after]) => diffPair(before, after));
  const title = titleOf(
    pairs.map(({ diff }) => (diff.before === diff.after ? diff.after : `${diff.before} → ${diff.after}`)),
  );
  for (const path of paths) {
    if (/\.png$/i.test(path)) {
      const { renderDiffPng } = await import('../../node/png/diff.js');
      await writeFileSafely(path, await renderDiffPng(title, commandLine(), pairs), args, streams);
    } else {
      const [{ reportAssets }, { diffPage }] = await Promise.all([
        import('../../core/report/html/assets.js'),
        import('../../core/report/diff/page.js'),
      ]);
      await writeFileSafely(
        path,
        await diffPage(title, commandLine(), pairs, (await reportAssets()).style),
        args,
        streams,
      );
    }
  }
}
