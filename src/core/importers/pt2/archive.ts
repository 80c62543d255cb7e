import { ArchmeterError } from '../../errors.js';
import type { ByteSource } from '../define-importer.js';
import { ZipArchive } from '../shared/zip.js';
import type { ZipEntry } from '../shared/zip-directory.js';
import { parseJson } from './json.js';
import { readLegacyWeights } from './legacy-weights.js';
import { readWeightsConfig, type StoredWeight } from './weights-config.js';

/** What an archive holds: the program, and what is known of its weights without reading them. */
export interface ExportArchive {
  readonly program: unknown;
  /** By fully qualified name; undefined where the archive does not tell. */
  readonly weights: ReadonlyMap<string, StoredWeight> | undefined;
}

const EXPORT_AGAIN = 'Save the program with torch.export.save(torch.export.export(model, (example,)), "model.pt2").';

/** torch 2.8 and later: `<any folder>/models/<name>.json`. */
const MODEL = /^(?:([^/]+)\/)?models\/([^/]+)\.json$/;
/** torch 2.7 and before. */
const LEGACY_MODEL = /^(?:[^/]+\/)?serialized_exported_program\.json$/;

/** Finds the program in the archive, in either of torch's layouts. */
export async function readArchive(source: ByteSource): Promise<ExportArchive> {
  const zip = await ZipArchive.open(source);
  const models = zip.entries.filter(({ name }) => MODEL.test(name));
  if (models.length > 1) {
    const names = models.map(({ name }) => `'${MODEL.exec(name)?.[2]}'`).join(', ');
    throw new ArchmeterError(`it holds ${models.length} programs: ${names}`, 'Save each in a file of its own.');
  }
  const [model] = models;
  if (model !== undefined) return readCurrent(zip, model);
  const legacy = zip.entries.find(({ name }) => LEGACY_MODEL.test(name));
  if (legacy !== undefined) {
    return { program: await readJson(zip, legacy), weights: await readLegacyWeights(zip) };
  }
  if (zip.entries.some(({ name }) => /(^|\/)data\/aotinductor\//.test(name))) {
    throw new ArchmeterError('it is an AOTInductor package: compiled code, no graph', EXPORT_AGAIN);
  }
  throw new ArchmeterError('the zip archive holds no exported program (models/*.json)', EXPORT_AGAIN);
}

async function readCurrent(zip: ZipArchive, model: ZipEntry): Promise<ExportArchive> {
  const [, folder, name] = MODEL.exec(model.name) ?? [];
  const root = folder === undefined ? '' : `${folder}/`;
  await expectText(zip, `${root}archive_format`, 'pt2', 'archive format');
  await expectText(zip, `${root}archive_version`, '0', 'archive version');
  const config = zip.find(`${root}data/weights/${name}_weights_config.json`);
  return {
    program: await readJson(zip, model),
    weights: config === undefined ? undefined : readWeightsConfig(await readJson(zip, config), zip, root),
  };
}

async function readJson(zip: ZipArchive, entry: ZipEntry): Promise<unknown> {
  return parseJson(await zip.read(entry), entry.name);
}

async function expectText(zip: ZipArchive, name: string, expected: string, what: string): Promise<void> {
  const entry = zip.find(name);
  if (entry === undefined) return;
  const text = new TextDecoder().decode(await zip.read(entry)).trim();
  if (text === expected) return;
  throw new ArchmeterError(`its ${what} is '${text.slice(0, 40)}'; archmeter reads '${expected}'`, EXPORT_AGAIN);
}
