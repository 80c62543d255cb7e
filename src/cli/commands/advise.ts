import type { Finding } from '../../core/analysis/advice/index.js';
import { ceilingsOf } from '../../core/compose/on-devices.js';
import { ArchmeterError } from '../../core/errors.js';
import { formatFigure } from '../../core/report/number-format.js';
import { defineCommand } from '../define-command.js';
import { analyzeModel, MODEL_OPTIONS } from '../options/model.js';
import { PRECISION_OPTION, precisionOption } from '../options/precision.js';
import { targetsOf } from '../options/target-devices.js';
import { commandLine, deliver, OUTPUT_OPTIONS, writeReports } from '../output.js';
import { findingText, toReportFinding } from '../tables/findings.js';
import { paint } from '../tables/table.js';

const { dtype: _, ...SHAPE_OPTIONS } = MODEL_OPTIONS;

const DEFAULT_DEVICE = 'rtx-4090';

export default defineCommand({
  usage: 'advise [models..]',
  summary: 'What in an architecture is inefficient, what to change, and what that would save',
  positionals: {
    models: { type: 'string', array: true, describe: 'Model files, spec files or zoo models' },
  },
  options: {
    on: {
      type: 'string',
      describe:
        "Device that savings are estimated for ('archmeter devices --known'), a YAML file, 'machine' or a calibration's file; default: rtx-4090, with --profile the one in it",
      requiresArg: true,
    },
    profile: {
      type: 'string',
      describe: 'A profile of the model, or its measurement: findings and savings by measured time',
      requiresArg: true,
    },
    ...SHAPE_OPTIONS,
    ...PRECISION_OPTION,
    execution: { choices: ['eager', 'fused'], describe: 'What is one kernel', requiresArg: true },
    format: { choices: ['table', 'json'], default: 'table', describe: 'Form of the output' },
    output: OUTPUT_OPTIONS.output,
    report: OUTPUT_OPTIONS.report,
    force: OUTPUT_OPTIONS.force,
  },
  examples: [
    ['advise densenet121 --batch 64', 'what one-shot aggregation would save'],
    ['advise model.onnx --on t4 --json', 'findings for a program'],
    ['advise model.pt2 --profile trace.json.gz', 'ranked by the time that was measured'],
  ],
  async run(args, streams) {
    const models = ((args['models'] as string[] | undefined) ?? []).map(String);
    if (args['profile'] !== undefined) {
      const { adviseByProfile } = await import('../inputs/advise-profile.js');
      return adviseByProfile(String(args['profile']), models, args, streams);
    }
    if (models.length === 0) {
      throw new ArchmeterError('advise takes a model', 'Name a zoo model, a spec or model file, or a --profile.');
    }
    const [{ adviseModel }, { estimateLatency }] = await Promise.all([
      import('../../core/analysis/advice/index.js'),
      import('../../core/analysis/latency/index.js'),
    ]);
    const [target, ...others] = await targetsOf([String(args['on'] ?? DEFAULT_DEVICE)]);
    if (target === undefined || others.length > 0) {
      throw new ArchmeterError('savings are those of one device', 'Name one with --on, and run again for another.');
    }
    const { device, profile } = target;
    const findings: Finding[] = [];
    const analyses = [];
    const graphs = [];
    const parts: string[] = [];
    for (const reference of models) {
      const { graph, result } = await analyzeModel(reference, args);
      analyses.push(result);
      graphs.push(graph);
      const conditions = {
        device,
        profile,
        precision: precisionOption(args),
        execution: args['execution'] as 'eager' | 'fused' | undefined,
      };
      const found = await adviseModel(graph, conditions);
      const { binds, kernelsMs, hostMs } = estimateLatency(graph, conditions);
      findings.push(...found);
      const batch = result.options.batch;
      parts.push(
        `${paint(graph.name, 'strong', streams.color)}  ${paint(`on ${device.name}, batch ${batch}, ${precisionOption(args)}`, 'dim', streams.color)}`,
        found.length === 0
          ? 'No rule found anything to change.'
          : found.map((one) => findingText(one, streams)).join('\n\n'),
        ...(binds === 'host'
          ? [
              `The host binds: it takes ${formatFigure(hostMs, 'ms')} to start kernels of ${formatFigure(kernelsMs, 'ms')}. On the wall these savings show in a larger batch or with a CUDA graph; kernels saved show at once.`,
            ]
          : []),
      );
    }
    if (args['format'] === 'json') {
      const json = { schema: 'archmeter/findings@1', device: device.id, unverified: device.unverified, findings };
      await deliver(JSON.stringify(json, null, 2), args, streams);
    } else {
      const notes = [
        "Savings are estimates of the kernels' time or of memory; what a change does to accuracy, training alone tells.",
        ...(device.unverified.length === 0
          ? []
          : [`Figures of the ${device.name} that no source confirmed: ${device.unverified.join(', ')}.`]),
      ].map((line) => paint(line, 'dim', streams.color));
      await deliver([...parts, notes.join('\n')].join('\n\n'), args, streams);
    }
    await writeReports(
      {
        title: 'Findings',
        command: commandLine(),
        createdAt: new Date().toISOString(),
        analyses,
        graphs,
        measurements: [],
        devices: [ceilingsOf({ device, profile }, precisionOption(args) ?? 'float32')],
        findings: findings.map(toReportFinding),
      },
      args,
      streams,
    );
    return 0;
  },
});
