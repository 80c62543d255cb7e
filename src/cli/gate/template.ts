import { existsSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { dirname, join, posix, relative } from 'node:path';
import { glob } from 'tinyglobby';
import { looksLikeSpec } from '../../core/spec/read-spec.js';
import { ARCHMETER_VERSION } from '../../core/version.js';

const MOST_MODELS = 20;
const LARGEST_SPEC = 2 ** 20;

/** The text of a new configuration in the folder `into`, with the model and spec files found in `folder`. */
export async function configTemplate(folder: string, into: string): Promise<string> {
  const found = (await modelsIn(folder)).map((file) => relative(into, join(folder, file)).replaceAll('\\', '/'));
  const models = found.length > 0 ? found.map((file) => JSON.stringify(file)) : ['resnet50'];
  const schema = installedSchema(into) ?? `https://unpkg.com/archmeter@${ARCHMETER_VERSION}/dist/schemas/config.json`;
  return `# yaml-language-server: $schema=${schema}
# What 'archmeter check' holds models to. Paths are relative to this file.

# Zoo names ('archmeter zoo' lists them; zoo:vovnet* takes all that fit), layer-spec files and model files; globs such as models/*.onnx.
# One with settings: { model: resnet50, name: resnet50-320, batch: 1, resolution: 320 }
models:
${models.map((model) => `  - ${model}`).join('\n')}

# What is judged, and how. Counts are exact: without tolerances any worsening is a regression.
#   level: off | warn | error      what a regression is (error fails the check)
#   max, min: 26M, 4.2G, 50MiB     budgets, whatever the baseline says
#   relative: 0.01                 tolerated worsening as a fraction of the baseline, and
#   absolute: 10k                  in the figure itself; a regression exceeds both
#   direction: lower | higher | either
metrics:
  params: {}
  madds: {}
  memoryAccessCost: {}
  peakActivationBytes: { relative: 0.01 }
  # Timings are judged by 'archmeter check --time --against <revision>' alone, both sides on one machine:
  # measuredLatencyMs: { relative: 0.02 }

# Other rules for some models, by name or pattern; later ones win.
# budgets:
#   - models: "models/mobile-*"
#     metrics:
#       params: { max: 5M }
#       peakActivationBytes: { max: 8MiB, level: warn }

# Advice that must not newly apply, by the ids that 'archmeter advise' prints ("*" for all); what the baseline has, or
# 'archmeter accept <model> finding:<id>' excuses, passes.
# findings:
#   dense-concatenation: warn
#   channel-multiple: { level: error, models: "models/*", allow: ["models/legacy-*"] }
#   fragmentation: off

# Where the figures to hold models against are kept; false: budgets alone.
# baseline: archmeter.baseline.json
`;
}

/** The schema of an archmeter that is installed in a folder or above it, as editors follow it from there. */
function installedSchema(folder: string): string | undefined {
  const own = 'node_modules/archmeter/dist/schemas/config.json';
  for (let above = '.', place = folder; ; above = `${above}/..`, place = dirname(place)) {
    if (existsSync(join(place, own))) return posix.normalize(`${above}/${own}`).replace(/^(?![.])/, './');
    if (place === dirname(place)) return undefined;
  }
}

/** Files that archmeter can read, by their endings and, for YAML and JSON, their contents. */
async function modelsIn(folder: string): Promise<string[]> {
  const files = await glob('**/*.{onnx,pt2,keras,h5,tflite,yaml,yml,json}', {
    cwd: folder,
    ignore: ['**/node_modules/**', '**/.*/**', '**/{package,package-lock,tsconfig}*.json'],
    followSymbolicLinks: false,
    deep: 4,
  });
  const models: string[] = [];
  for (const file of files.sort()) {
    if (models.length >= MOST_MODELS) break;
    if (!/\.(ya?ml|json)$/i.test(file) || (await isModelText(join(folder, file)))) models.push(file);
  }
  return models;
}

async function isModelText(path: string): Promise<boolean> {
  if ((await stat(path)).size > LARGEST_SPEC) return isTensorflowJs(path);
  const text = await readFile(path, 'utf8');
  return looksLikeSpec(text) || /"modelTopology"/.test(text);
}

/** The topology comes first in a TensorFlow.js model, and may be long. */
async function isTensorflowJs(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.toString('utf8', 0, bytesRead).includes('"modelTopology"');
  } finally {
    await file.close();
  }
}
