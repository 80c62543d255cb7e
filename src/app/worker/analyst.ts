import { analyze } from '../../core/analysis/analyze.js';
import { deviceOfDriver } from '../../core/analysis/devices/driver-name.js';
import { findDevice } from '../../core/analysis/devices/index.js';
import type { AnalysisResult } from '../../core/analysis/result.js';
import { DTYPES } from '../../core/compose/dtypes.js';
import { type LoadModelOptions, loadModelFrom } from '../../core/compose/load-model.js';
import { type BlockGroup, matchedGroup } from '../../core/compose/matched-groups.js';
import { uniqueName } from '../../core/compose/names.js';
import { onDevicesOf, type ReportDevice } from '../../core/compose/on-devices.js';
import { profileReport } from '../../core/compose/profile-report.js';
import { publishedOf } from '../../core/compose/published.js';
import { backgroundOf } from '../../core/compose/zoo-background.js';
import { ArchmeterError } from '../../core/errors.js';
import type { Graph } from '../../core/ir/graph.js';
import type { Measurement } from '../../core/measurement.js';
import { batchOfTrace } from '../../core/profile/batch.js';
import { measurementOf } from '../../core/profile/measurement.js';
import { profileOf } from '../../core/profile/profile.js';
import { titleOf } from '../../core/report/document.js';
import { joinSavedFiles, type ReportInput, type SavedFile } from '../../core/report/index.js';
import { looksLikeSpec } from '../../core/spec/read-spec.js';
import { specText } from '../../core/spec/spec-text.js';
import { readTrace } from '../../core/traces/index.js';
import { MATCHED_BLOCKS } from '../../core/zoo/index.js';
import { asCommand } from './command.js';
import { GivenFiles } from './files.js';
import { kindOf } from './kinds.js';
import type { AnalysisRequest, AnalysisSettings, GivenFile, Problem, SpecReply, SpecRequest } from './protocol.js';

/** A model that is open, as it is asked for. */
export interface OpenModel {
  readonly reference: string;
  readonly graph: Graph;
  readonly result: AnalysisResult;
}

export interface Analysed {
  readonly input: ReportInput;
  readonly models: readonly OpenModel[];
  readonly groups: readonly BlockGroup[];
  readonly problems: readonly Problem[];
}

const MOST_GRAPHS = 32;

/** Reads models and makes reports of them; graphs that were read stay, so that a changed setting is quick. */
export class Analyst {
  private readonly files = new GivenFiles();
  private readonly graphs = new Map<string, Graph>();
  /** Texts written in the page by path, and the last of each that was without fault. */
  private readonly texts = new Map<string, string>();
  private readonly faultless = new Map<string, string>();
  /** By what was timed. */
  private timed: { readonly key: string; readonly measurement: Measurement } | undefined;

  give(files: readonly GivenFile[]): void {
    this.files.give(files);
    this.graphs.clear();
  }

  /** Keeps a measurement for reports of the same models at the same settings. */
  keep(request: AnalysisRequest, measurement: Measurement): void {
    this.timed = { key: keyOf(request), measurement };
  }

  async analyse(request: AnalysisRequest): Promise<Analysed> {
    const problems: Problem[] = [];
    const attempt = async <T>(reference: string, work: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await work();
      } catch (error) {
        problems.push(problemOf(reference, error));
        return undefined;
      }
    };
    for (const [path, text] of Object.entries(request.texts ?? {})) this.write(path, text);
    const models: OpenModel[] = [];
    const saved: SavedFile[] = [];
    const traces: string[] = [];
    for (const reference of request.references) {
      await attempt(reference, async () => {
        const kind = (await this.files.exists(reference)) ? await kindOf(this.files, reference) : 'model';
        if (kind === 'saved') saved.push(await this.savedFile(reference));
        else if (kind === 'profile') traces.push(reference);
        else if (this.texts.has(reference)) models.push(...(await this.written(reference, request.settings, problems)));
        else models.push(await this.model(reference, request.settings));
      });
    }
    const groups: BlockGroup[] = [];
    for (const id of request.blocks ?? []) {
      const group = await attempt(id, () => blocksOf(id, request.settings));
      if (group !== undefined) groups.push(group);
    }
    const named = models.map((model, i) => {
      const references = models.map(({ reference }) => reference);
      return renamed(
        model,
        uniqueName(
          references,
          models.map(({ graph }) => graph.name),
          i,
        ),
      );
    });
    const own = await this.reportOf(request, named, groups, attempt);
    const profiles: ReportInput[] = [];
    for (const trace of traces) {
      const profile = await attempt(trace, () => this.profile(trace, named, request.settings, problems));
      if (profile !== undefined) profiles.push(profile);
    }
    const parts = await Promise.all(saved.map((file) => attempt(file.name, async () => joinedOf([file], request))));
    return {
      input: together([own, ...profiles, ...parts.filter((part) => part !== undefined)]),
      models: named,
      groups,
      problems,
    };
  }

  private async reportOf(
    request: AnalysisRequest,
    models: readonly OpenModel[],
    groups: readonly BlockGroup[],
    attempt: <T>(reference: string, work: () => Promise<T>) => Promise<T | undefined>,
  ): Promise<ReportInput> {
    const { settings } = request;
    const arms = groups.flatMap((group) => group.arms);
    const all = [...models, ...arms];
    const measurement = this.timed?.key === keyOf(request) ? this.timed.measurement : undefined;
    const devices: ReportDevice[] = [];
    for (const id of settings.on) {
      const device = await attempt(id, () => findDevice(id));
      if (device !== undefined) devices.push({ device });
    }
    const onDevices =
      (await attempt('device', () => onDevicesOf(all, devices, measurement))) ??
      (await attempt('advice', () => onDevicesOf(all, [], measurement)));
    const published = (
      await Promise.all(models.map(({ reference, result }) => (isChanged(reference) ? undefined : publishedOf(result))))
    ).filter((entry) => entry !== undefined);
    return {
      title: titleOf(
        groups.length > 0 ? ['OSA, dense and residual blocks'] : models.map(({ result }) => result.model.name),
      ),
      command: asCommand(request),
      ...(measurement === undefined ? {} : { createdAt: measurement.startedAt }),
      analyses: all.map(({ result }) => result),
      graphs: all.map(({ graph }) => graph),
      ...(groups.length === 0
        ? {}
        : {
            groups: groups.map(({ title, note, arms: members }) => ({
              title,
              note,
              models: members.map(({ name, architecture }) => ({ name, architecture })),
            })),
          }),
      measurements: measurement === undefined ? [] : [measurement],
      ...(published.length === 0 ? {} : { published }),
      ...(await backgroundOf(all, published, devices)),
      ...onDevices,
    };
  }

  private async model(reference: string, settings: AnalysisSettings): Promise<OpenModel> {
    const { execution } = settings;
    const graph = await this.graph(reference, loadOptions(settings));
    const dtype = settings.dtype === undefined ? undefined : DTYPES[settings.dtype];
    try {
      return { reference, graph, result: analyze(graph, { execution, dtype, excludeHead: false }) };
    } catch (error) {
      throw error instanceof ArchmeterError && graph.source?.file !== undefined ? error.at({ file: reference }) : error;
    }
  }

  /** A spec as it was last without fault, where it has one while it is typed: its figures stay beside the text. */
  private async written(
    reference: string,
    settings: AnalysisSettings,
    problems: Problem[],
  ): Promise<readonly OpenModel[]> {
    const text = this.texts.get(reference) ?? '';
    try {
      const model = await this.model(reference, settings);
      this.faultless.set(reference, text);
      return [model];
    } catch (error) {
      problems.push(problemOf(reference, error));
      const before = this.faultless.get(reference);
      if (before === undefined || before === text) return [];
      this.write(reference, before);
      return [await this.model(reference, settings)];
    }
  }

  private write(path: string, text: string): void {
    if (this.texts.get(path) === text) return;
    this.texts.set(path, text);
    this.files.write(path, text);
    for (const key of this.graphs.keys()) if (JSON.parse(key)[0] === path) this.graphs.delete(key);
  }

  /** @throws ArchmeterError where a model has what spec files cannot say */
  async spec({ reference, settings }: SpecRequest): Promise<SpecReply> {
    if (await this.files.exists(reference)) {
      const text = await this.files.text(reference, MOST_SPEC_BYTES);
      if (text !== undefined && /\.(ya?ml|json)$/i.test(reference) && looksLikeSpec(text)) {
        return { text, isOwn: true, name: reference };
      }
    }
    const graph = await this.graph(reference, loadOptions(settings));
    const name = `my-${graph.name.replace(/[^\w.-]+/g, '-')}`;
    return { text: specText({ ...graph, name }), isOwn: false, name };
  }

  private async graph(reference: string, options: LoadModelOptions): Promise<Graph> {
    const key = JSON.stringify([reference, options]);
    const known = this.graphs.get(key);
    if (known !== undefined) return known;
    const graph = await loadModelFrom(this.files, reference, options);
    const oldest = this.graphs.size < MOST_GRAPHS ? undefined : this.graphs.keys().next().value;
    if (oldest !== undefined) this.graphs.delete(oldest);
    this.graphs.set(key, graph);
    return graph;
  }

  private async savedFile(path: string): Promise<SavedFile> {
    const text = await this.files.text(path, MOST_SAVED_BYTES);
    if (text !== undefined) return { name: path, text };
    throw new ArchmeterError('the result is larger than 256 MB', 'Open fewer results at once.', { file: path });
  }

  /** A profile joined to the one model that is open beside it, else to its own operators. */
  private async profile(
    path: string,
    models: readonly OpenModel[],
    settings: AnalysisSettings,
    problems: Problem[],
  ): Promise<ReportInput> {
    const trace = await this.files.withFile(path, (source) => readTrace(source));
    const device = deviceOfDriver(trace.device.name);
    const plain = (path.split('/').at(-1) ?? path).replace(/(\.pt\.trace)?\.json(\.gz)?$|\.csv$/, '');
    const name = models.some(({ graph }) => graph.name === plain) ? `${plain}, ${trace.device.name}` : plain;
    const [model] = models.length === 1 ? models : [];
    let profile = profileOf(trace, name, model && (await this.graphAtBatch(model, batchOfTrace(trace), settings)));
    if (model !== undefined && profile.joinedFraction < LEAST_JOINED) {
      const joined = `${(100 * profile.joinedFraction).toPrecision(2)} %`;
      const message = `${path}: only ${joined} of its time belongs to layers of ${model.graph.name}. Its own operators are shown.`;
      problems.push({ reference: path, message, location: {} });
      profile = profileOf(trace, name);
    }
    const command = `archmeter profile ${path}${profile.joinedTo === 'model' ? ` --model ${model?.reference}` : ''}`;
    const measurement = measurementOf(profile, name, command, device);
    return { ...(await profileReport([{ name, profile, measurement, device }], command)), title: '' };
  }

  /** The model at the batch of a trace, where its file can be had at it. */
  private async graphAtBatch(model: OpenModel, batch: number | undefined, settings: AnalysisSettings): Promise<Graph> {
    if (batch === undefined) return model.graph;
    try {
      return await this.graph(model.reference, loadOptions({ ...settings, batch }));
    } catch (error) {
      if (error instanceof ArchmeterError) return model.graph;
      throw error;
    }
  }
}

/** Of a profile's time: below it the profile is taken to be of another model. */
const LEAST_JOINED = 0.5;

const loadOptions = ({ batch, resolution, parameters, dims }: AnalysisSettings): LoadModelOptions => ({
  batch,
  resolution,
  parameters,
  dims,
});

const MOST_SAVED_BYTES = 2 ** 28;
const MOST_SPEC_BYTES = 2 ** 20;

/** What a measurement belongs to: the models and what changes their work. */
function keyOf({ references, blocks = [], texts = {}, settings }: AnalysisRequest): string {
  return JSON.stringify([references, blocks, texts, loadOptions(settings)]);
}

/** Options written behind the name make another model than the published one. */
const isChanged = (reference: string) => reference.includes(':');

async function blocksOf(id: string, { batch = 1, execution }: AnalysisSettings): Promise<BlockGroup> {
  const group = MATCHED_BLOCKS.find((candidate) => candidate.id === id);
  if (group !== undefined) return matchedGroup(group, { batch, all: false, analyze: { execution } });
  throw new ArchmeterError(
    `there is no group '${id}'`,
    `Groups: ${MATCHED_BLOCKS.map((known) => known.id).join(', ')}.`,
  );
}

function renamed({ reference, graph, result }: OpenModel, name: string): OpenModel {
  return { reference, graph: { ...graph, name }, result: { ...result, model: { ...result.model, name } } };
}

function joinedOf(files: readonly SavedFile[], request: AnalysisRequest): ReportInput {
  return joinSavedFiles(files, { title: '', command: asCommand(request) });
}

/** Reports one after the other as one. */
function together(parts: readonly ReportInput[]): ReportInput {
  const [first, ...others] = parts as [ReportInput, ...ReportInput[]];
  if (others.length === 0) return first;
  const list = <K extends keyof ReportInput>(key: K): readonly unknown[] =>
    parts.flatMap((part) => (part[key] as readonly unknown[] | undefined) ?? []);
  const several = [
    'sweeps',
    'published',
    'devices',
    'estimates',
    'findings',
    'history',
    'explanations',
    'groups',
  ] as const;
  const names = [
    ...(list('analyses') as AnalysisResult[]).map(({ model }) => model.name),
    ...(list('measurements') as Measurement[]).flatMap(({ arms }) => arms.map(({ name }) => name)),
  ];
  const createdAt = parts.find((part) => part.createdAt !== undefined)?.createdAt;
  const zoo = parts.find((part) => part.zoo !== undefined)?.zoo;
  const gate = parts.find((part) => part.gate !== undefined)?.gate;
  return {
    title: (first.analyses.length === 0 && others.length === 1 ? others[0]?.title : '') || titleOf([...new Set(names)]),
    command: first.command,
    ...(createdAt === undefined ? {} : { createdAt }),
    analyses: list('analyses') as AnalysisResult[],
    graphs: list('graphs') as Graph[],
    measurements: list('measurements') as Measurement[],
    ...Object.fromEntries(several.map((key) => [key, list(key)] as const).filter(([, values]) => values.length > 0)),
    ...(zoo === undefined ? {} : { zoo }),
    ...(gate === undefined ? {} : { gate }),
  };
}

function problemOf(reference: string, error: unknown): Problem {
  if (error instanceof ArchmeterError) return { reference, message: error.message, location: error.location };
  // Nothing of ours: memory ran out, or a fault of the page.
  const text = error instanceof Error ? error.message : String(error);
  return { reference, message: `${reference}: it could not be read: ${text}`, location: {} };
}
