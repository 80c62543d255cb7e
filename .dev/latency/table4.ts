import { analyze } from '../../src/core/analysis/analyze.js';
import { findDevice } from '../../src/core/analysis/devices/index.js';
import { type EnergyObservation, energyOf, fitEnergy, literatureEnergy } from '../../src/core/analysis/energy/index.js';
import { estimateLatency } from '../../src/core/analysis/latency/estimate.js';
import { ranks, spearman } from '../../src/core/statistics/correlation.js';
import { loadModel } from '../../src/node/load-model.js';
import type { ReferenceFolder } from '../../test/reference.js';
import { markdownTable } from './markdown.js';

interface Triplet {
  readonly backbone: string;
  readonly publishedFps: number;
  readonly publishedJoules: number;
  readonly latencyMs: number;
  readonly madds: number;
  readonly literatureJoules: number;
  readonly observation: EnergyObservation;
}

const RESOLUTION = 320;

/**
 * The detectors of the paper's table 4 share their heads: their backbones at the detectors' resolution stand for them.
 */
export async function table4Report(reference: ReferenceFolder) {
  const { cols, rows } = reference.json<{ paper_table4: { cols: string[]; rows: (string | number)[][] } }>(
    'paper-facts.json',
  ).paper_table4;
  const cell = (row: (string | number)[], name: string) => row[cols.indexOf(name)] as number;
  const device = await findDevice('titan-x-pascal');
  const triplets: Triplet[] = [];
  for (const row of rows) {
    const backbone = String(row[0]);
    const graph = await loadModel(backbone.toLowerCase().replace(/(resnet|densenet|vovnet)-/, '$1'), {
      resolution: RESOLUTION,
      batch: 1,
      excludeHead: true,
    });
    const latency = estimateLatency(graph, { device, precision: 'float32', execution: 'eager' });
    const { totals } = analyze(graph);
    const publishedFps = cell(row, 'FPS');
    const publishedJoules = cell(row, 'J_per_img');
    triplets.push({
      backbone,
      publishedFps,
      publishedJoules,
      latencyMs: latency.latencyMs,
      madds: totals.madds,
      literatureJoules: literatureEnergy(graph, { device, execution: 'eager' }).energyJoules,
      observation: {
        model: backbone,
        flops: totals.flops,
        bytes: totals.eager.readBytes + totals.eager.writeBytes,
        seconds: latency.latencyMs / 1e3,
        joules: publishedJoules,
      },
    });
  }
  const calibrated = triplets.map(({ observation }) => {
    const others = triplets.map((other) => other.observation).filter(({ model }) => model !== observation.model);
    const { computeJoules, memoryJoules, staticJoules } = energyOf(fitEnergy(others), observation);
    return computeJoules + memoryJoules + staticJoules;
  });
  const latency = triplets.map(({ latencyMs }) => latencyMs);
  const published = triplets.map(({ publishedFps }) => 1 / publishedFps);
  const joules = triplets.map(({ publishedJoules }) => publishedJoules);
  const agreement = {
    fpsByLatency: spearman(latency, published),
    fpsByMadds: spearman(
      triplets.map(({ madds }) => madds),
      published,
    ),
    joulesByLiterature: spearman(
      triplets.map(({ literatureJoules }) => literatureJoules),
      joules,
    ),
    joulesByCalibrated: spearman(calibrated, joules),
  };
  const rank = (values: readonly number[]) => ranks(values).map(String);
  const [fpsRank, latencyRank, joulesRank, literatureRank, calibratedRank] = [
    rank(published),
    rank(latency),
    rank(joules),
    rank(triplets.map(({ literatureJoules }) => literatureJoules)),
    rank(calibrated),
  ] as [string[], string[], string[], string[], string[]];
  const triplet = (from: number) => {
    const order = (values: readonly number[]) =>
      [0, 1, 2]
        .map((i) => ({ name: triplets[from + i]?.backbone ?? '', value: values[from + i] as number }))
        .sort((a, b) => a.value - b.value)
        .map(({ name }) => name)
        .join(' < ');
    return [order(published), order(latency), order(joules), order(calibrated)];
  };
  const markdown = `# Table 4 of the paper: ranking on its GPU

RefineDet320 with six backbones, ${device.name}. Estimated: the backbone alone at ${RESOLUTION} x ${RESOLUTION}, batch 1, float32, eager,
with the profile that stands for GPUs never timed; the detectors' common head and the software of 2019 are not
modelled, so that the ranking is what is compared. Unverified figures of the device: ${device.unverified.join(', ')}.
Calibrated energy: E = flops·ε + bytes·ε + π₀·T fitted to the published J/img of the other five, T estimated.
Literature energy: 16 nm lies between the published processes; the nearest is taken. Written by \`npm run validate:latency\`.

${markdownTable(
  [
    'Backbone',
    'Published FPS',
    'Rank',
    'Estimated ms',
    'Rank',
    'Published J/img',
    'Rank',
    'Literature J',
    'Rank',
    'Calibrated J, held out',
    'Rank',
  ],
  triplets.map((one, i) => [
    one.backbone,
    one.publishedFps.toFixed(1),
    fpsRank[i] as string,
    one.latencyMs.toFixed(2),
    latencyRank[i] as string,
    one.publishedJoules.toFixed(1),
    joulesRank[i] as string,
    one.literatureJoules.toFixed(3),
    literatureRank[i] as string,
    (calibrated[i] as number).toFixed(2),
    calibratedRank[i] as string,
  ]),
)}

Rank 1 is the fastest or the thriftiest.

${markdownTable(
  ['Spearman', ''],
  [
    ['FPS by estimated latency', agreement.fpsByLatency.toFixed(2)],
    ['FPS by MAdds', agreement.fpsByMadds.toFixed(2)],
    ['J/img by literature energy', agreement.joulesByLiterature.toFixed(2)],
    ['J/img by calibrated energy, held out', agreement.joulesByCalibrated.toFixed(2)],
  ],
)}

${markdownTable(
  ['Triplet', 'Published time', 'Estimated time', 'Published J/img', 'Calibrated J'],
  [
    ['first', ...triplet(0)],
    ['second', ...triplet(3)],
  ],
)}
`;
  return {
    name: 'table4',
    markdown,
    json: {
      device: device.id,
      agreement,
      triplets: triplets.map((one, i) => ({ ...one, calibratedJoules: calibrated[i] })),
    },
  };
}
