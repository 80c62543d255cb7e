import { ArchmeterError } from '../../core/errors.js';
import { readText } from '../../node/read-text.js';
import { defineCommand } from '../define-command.js';
import { commandLine, OUTPUT_OPTIONS, writeReportFiles } from '../output.js';

export default defineCommand({
  usage: 'report <files..>',
  summary: 'A report from results that archmeter wrote earlier (JSON)',
  positionals: { files: { type: 'string', describe: 'Analysis, measurement or report JSON files' } },
  options: {
    output: {
      alias: 'o',
      type: 'string',
      array: true,
      nargs: 1,
      describe:
        'Report to write; format by ending: .html .png .md .csv .json (repeatable); without it, the times of measurements are printed',
    },
    title: { type: 'string', describe: 'Heading of the report', requiresArg: true },
    force: OUTPUT_OPTIONS.force,
  },
  examples: [['report vovnet39.json densenet121.json -o report.html', 'two results side by side']],
  async run(args, streams) {
    const names = (args['files'] as string[]).map(String);
    const files: { name: string; text: string }[] = [];
    for (const name of names) files.push({ name, text: await readText(name) });
    const { joinSavedFiles } = await import('../../core/report/index.js');
    const joined = joinSavedFiles(files, { command: commandLine(), title: String(args['title'] ?? '') });
    const outputs = args['output'] as string[] | undefined;
    if (outputs !== undefined) {
      await writeReportFiles(joined, outputs, args, streams);
      return 0;
    }
    if (joined.measurements.length === 0) {
      throw new ArchmeterError(
        'no measurement is among the results, and only times are printed',
        "Name the report to write: '-o report.html'.",
      );
    }
    const { measurementTable } = await import('../tables/measurement.js');
    for (const measurement of joined.measurements) streams.out(measurementTable(measurement, streams));
    return 0;
  },
});
