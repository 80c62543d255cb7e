import type { ReportedProfile } from '../../core/compose/profile-report.js';
import { ArchmeterError } from '../../core/errors.js';
import { type Arguments, defineCommand, type Streams } from '../define-command.js';
import { MODEL_OPTIONS } from '../options/model.js';
import { commandLine, deliver, OUTPUT_OPTIONS, writeFileSafely, writeReports } from '../output.js';

export default defineCommand({
  usage: 'profile [traces..]',
  summary:
    "Where the time of someone's profile went, layer by layer, and how far each layer is from the device's bound",
  positionals: {
    traces: {
      type: 'string',
      describe: 'A trace (PyTorch, ONNX Runtime, TensorRT, Nsight, XLA …); two are set side by side',
    },
  },
  options: {
    model: { type: 'string', describe: 'The model that was profiled: zoo name, spec or model file', requiresArg: true },
    on: {
      type: 'string',
      describe: 'Device whose bounds to hold layers against; default: the one in the trace',
      requiresArg: true,
    },
    'layer-info': {
      type: 'string',
      describe: "TensorRT's --exportLayerInfo beside its profile: which nodes each layer holds",
      requiresArg: true,
    },
    how: {
      type: 'string',
      describe: 'Print what to run to make a profile: pytorch, onnxruntime or tensorrt',
      requiresArg: true,
    },
    batch: MODEL_OPTIONS.batch,
    input: MODEL_OPTIONS.input,
    resolution: MODEL_OPTIONS.resolution,
    set: MODEL_OPTIONS.set,
    format: {
      choices: ['table', 'json'],
      default: 'table',
      describe: 'Form of the output; json: archmeter/measurement@1',
    },
    'save-measurement': {
      type: 'string',
      describe: 'Write the measurement to this file, for report, diff and advise --profile',
      requiresArg: true,
    },
    output: OUTPUT_OPTIONS.output,
    report: OUTPUT_OPTIONS.report,
    force: OUTPUT_OPTIONS.force,
  },
  examples: [
    ['profile --how pytorch', 'what to run on the machine with the GPU'],
    ['profile trace.json.gz --model model.pt2', 'joined to the layers of the model'],
    ['profile trace.json.gz --on h100-sxm --report profile.html', "operators against the device's bounds"],
    ['profile h100.json.gz mi300x.json.gz', 'two devices side by side'],
  ],
  async run(args, streams) {
    if (args['how'] !== undefined) return printHow(String(args['how']), args, streams);
    const paths = ((args['traces'] as string[] | undefined) ?? []).map(String);
    if (paths.length === 0 || paths.length > 2) {
      throw new ArchmeterError(
        'profile takes one trace, or two to compare',
        "'archmeter profile --how pytorch' shows how to make one.",
      );
    }
    const profiles: ReportedProfile[] = [];
    const { readProfile } = await import('../inputs/read-profile.js');
    for (const path of paths) profiles.push(await readProfile(path, args));
    const [first, second] = profiles as [ReportedProfile, ReportedProfile?];
    if (args['format'] === 'json') {
      const measurements = profiles.map(({ measurement }) => measurement);
      await deliver(JSON.stringify(second === undefined ? first.measurement : measurements, null, 2), args, streams);
    } else if (second === undefined) {
      const { profileTable } = await import('../tables/profile.js');
      await deliver(profileTable(first, streams), args, streams);
    } else {
      const { profileDifferenceTable } = await import('../tables/profile-difference.js');
      await deliver(profileDifferenceTable(first, second, streams), args, streams);
    }
    if (args['save-measurement'] !== undefined) {
      await writeFileSafely(
        String(args['save-measurement']),
        `${JSON.stringify(first.measurement, null, 2)}\n`,
        args,
        streams,
      );
    }
    if (args['report'] !== undefined) {
      const { profileReport } = await import('../../core/compose/profile-report.js');
      await writeReports(await profileReport(profiles, commandLine()), args, streams);
    }
    return 0;
  },
});

async function printHow(named: string, args: Arguments, streams: Streams): Promise<number> {
  const { traceFormats } = await import('../../core/traces/index.js');
  const formats = (await traceFormats()).filter(({ how }) => how !== undefined);
  const found = formats.find(({ format }) => format === named);
  if (found?.how === undefined) {
    throw new ArchmeterError(
      `there is no snippet for '${named}'`,
      `Known are: ${formats.map(({ format }) => format).join(', ')}.`,
    );
  }
  await deliver(found.how, args, streams);
  return 0;
}
