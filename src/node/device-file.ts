import {
  DEVICE_FIELDS,
  DEVICES,
  type Device,
  type DeviceField,
  findDevice,
  matchDevice,
} from '../core/analysis/devices/index.js';
import { cleanTexts } from '../core/clean-text.js';
import { ArchmeterError } from '../core/errors.js';
import { readText } from './read-text.js';

const NUMBERS = [...Object.keys(DEVICE_FIELDS), 'memoryGigabytes'];
const TEXTS = ['id', 'name', 'architecture', 'memoryType', 'note'];
const KNOWN = new Set([...NUMBERS, ...TEXTS, 'kind', 'aliases', 'sources', 'source', 'unverified', 'like']);

/**
 * A device by name, or from a YAML file. A file needs `name`, `float32Tflops` and `memoryBandwidthGbs`; `like: rtx-4090`
 * takes what it leaves out from a known device (marked unverified). Without a `source`, all figures are unverified.
 *
 * @throws ArchmeterError naming the field that is wrong
 */
export async function loadDevice(reference: string): Promise<Device> {
  if (!/\.ya?ml$/i.test(reference)) return findDevice(reference);
  return readDevice(await readText(reference), reference);
}

export async function readDevice(text: string, file: string): Promise<Device> {
  const { parse, YAMLParseError } = await import('yaml');
  const fail = (problem: string, fix?: string): never => {
    throw new ArchmeterError(problem, fix, { file });
  };
  let written: unknown;
  try {
    written = cleanTexts(parse(text, { maxAliasCount: 100 }));
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new ArchmeterError(`not YAML: ${error.message.split('\n')[0]}`, undefined, {
      file,
      line: error.linePos?.[0].line,
    });
  }
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    return fail('a device is a mapping', 'Write name:, float32Tflops: and memoryBandwidthGbs:.');
  }
  const fields = written as Record<string, unknown>;
  for (const [name, value] of Object.entries(fields)) {
    if (!KNOWN.has(name)) fail(`there is no field '${name}'`, `Fields: ${[...KNOWN].sort().join(', ')}.`);
    if (
      NUMBERS.includes(name) &&
      value !== null &&
      !(typeof value === 'number' && value > 0 && Number.isFinite(value))
    ) {
      fail(`'${name}' must be a number above 0`);
    }
    if (TEXTS.includes(name) && value !== null && typeof value !== 'string') fail(`'${name}' must be text`);
  }
  const base = await baseOf(fields['like'], fail);
  if (typeof fields['name'] !== 'string') fail("the field 'name' is missing");
  for (const name of ['float32Tflops', 'memoryBandwidthGbs']) {
    if (typeof fields[name] !== 'number' && base === undefined) {
      fail(`the field '${name}' is missing`, "Give it, or 'like: rtx-4090' for a device to start from.");
    }
  }
  const kind = fields['kind'] ?? base?.kind ?? 'gpu';
  if (kind !== 'gpu' && kind !== 'cpu') return fail("'kind' must be gpu or cpu");
  const name = fields['name'] as string;
  const number = (field: string) => (fields[field] ?? base?.[field as DeviceField] ?? null) as number | null;
  const sources = [fields['sources'], fields['source']].flat().filter((entry) => typeof entry === 'string');
  const given = (Object.keys(DEVICE_FIELDS) as DeviceField[]).filter((field) => typeof fields[field] === 'number');
  const borrowed = (Object.keys(DEVICE_FIELDS) as DeviceField[]).filter(
    (field) => !given.includes(field) && number(field) !== null,
  );
  const marked = Array.isArray(fields['unverified']) ? (fields['unverified'] as DeviceField[]) : [];
  return {
    id: (fields['id'] as string | undefined) ?? name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    name,
    kind,
    aliases: Array.isArray(fields['aliases']) ? fields['aliases'].map(String) : [],
    architecture: String(fields['architecture'] ?? base?.architecture ?? 'unknown'),
    processNm: number('processNm'),
    computeUnits: number('computeUnits'),
    float32Tflops: number('float32Tflops') as number,
    float16Tflops: number('float16Tflops'),
    tensorFloat16Tflops: number('tensorFloat16Tflops'),
    tensorFloat16AccumulateTflops: number('tensorFloat16AccumulateTflops'),
    memoryBandwidthGbs: number('memoryBandwidthGbs') as number,
    l2Megabytes: number('l2Megabytes'),
    lastLevelCacheMegabytes: number('lastLevelCacheMegabytes'),
    memoryGigabytes: number('memoryGigabytes'),
    memoryType: (fields['memoryType'] as string | undefined) ?? base?.memoryType ?? null,
    tdpWatts: number('tdpWatts'),
    matrixFloat32Tflops: number('matrixFloat32Tflops'),
    tensorFloat32Tflops: number('tensorFloat32Tflops'),
    tensorFloat8Tflops: number('tensorFloat8Tflops'),
    tensorInt8Tops: number('tensorInt8Tops'),
    baseClockMhz: number('baseClockMhz'),
    boostClockMhz: number('boostClockMhz'),
    ...(base?.part === undefined ? {} : { part: base.part }),
    sources: sources.length > 0 ? (sources as string[]) : [`${file}, no source given`],
    unverified: [...new Set([...marked, ...borrowed, ...(sources.length > 0 ? [] : given)])],
    note: (fields['note'] as string | undefined) ?? null,
  };
}

async function baseOf(like: unknown, fail: (problem: string, fix?: string) => never): Promise<Device | undefined> {
  if (like === undefined) return undefined;
  if (typeof like !== 'string') return fail("'like' must be the name of a known device");
  const found = matchDevice(like);
  return (
    found ??
    fail(`there is no device named '${like}' to start from`, `Known: ${DEVICES.map(({ id }) => id).join(', ')}.`)
  );
}
