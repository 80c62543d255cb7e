import { ArchmeterError } from '../../core/errors.js';
import { formatFigure } from '../../core/report/number-format.js';
import type { ZooFigure, ZooPoint, ZooScatter } from '../../core/report/zoo/scatter-input.js';
import type { Arguments, Streams } from '../define-command.js';
import { writeFileSafely } from '../output.js';
import { BATCH, type ZooModel } from './figures.js';

/** The picture of the models by two figures. */
export function scatterOf(
  models: readonly ZooModel[],
  front: readonly ZooModel[],
  [y, x]: readonly [ZooFigure, ZooFigure],
  columns: readonly ZooFigure[],
  device: string | undefined,
): ZooScatter {
  const shown = models.filter(({ values }) => values[x.name] !== undefined && values[y.name] !== undefined);
  const estimated = x.name === 'latency';
  const point = (model: ZooModel): ZooPoint => {
    const { entry, facts, values, interval } = model;
    const images = values['measured'];
    return {
      name: entry.name,
      x: values[x.name] as number,
      y: values[y.name] as number,
      ...(estimated && interval !== undefined ? { low: interval[0], high: interval[1] } : {}),
      // timm timed under autocast: beside an estimate at another precision its time would say nothing.
      ...(estimated && images !== undefined && model.precision?.startsWith('amp,') ? { measured: 1000 / images } : {}),
      onFront: front.includes(model),
      lines: [
        ...columns.flatMap(({ name, heading, unit }) => {
          const value = values[name];
          return value === undefined ? [] : [`${heading}: ${formatFigure(value, unit)}`];
        }),
        ...(facts.weights === undefined ? [] : [facts.weights]),
      ],
    };
  };
  const basis = [
    `${shown.length} of ${models.length} models have both figures; ${front.length} are on the front.`,
    'Accuracies are published ones of the weights named in the table, each model at its own image size; training recipes differ.',
  ];
  const precision = models.find((model) => model.precision !== undefined)?.precision;
  if (device !== undefined && estimated)
    basis.push(`Times are estimates for ${device}, ${precision}, at a batch of ${BATCH}.`);
  return {
    title: `The zoo: ${y.heading} against ${x.heading}${device === undefined ? '' : `, ${device}`}`,
    basis,
    x,
    y,
    points: shown.map(point),
    columns,
    rows: models.map(({ entry, facts, values }) => ({
      name: entry.name,
      source: facts.weights ?? '',
      values: columns.map(({ name }) => values[name] ?? null),
    })),
  };
}

/** Writes each `--report`: .html or .png. */
export async function writeZooReports(scatter: ZooScatter, args: Arguments, streams: Streams): Promise<void> {
  const paths = (args['report'] as string[] | undefined) ?? [];
  for (const path of paths) {
    if (!/\.(html|png)$/i.test(path)) {
      throw new ArchmeterError(`--report ${path}: the zoo is drawn as .html or .png`, 'Give one of these endings.');
    }
  }
  for (const path of paths) await writeFileSafely(path, await contents(scatter, path), args, streams);
}

async function contents(scatter: ZooScatter, path: string): Promise<string | Uint8Array> {
  if (/\.png$/i.test(path)) {
    const { renderZooPng } = await import('../../node/png/zoo.js');
    return renderZooPng(scatter);
  }
  const [{ reportAssets }, { zooPage }] = await Promise.all([
    import('../../core/report/html/assets.js'),
    import('../../core/report/zoo/page.js'),
  ]);
  return zooPage(scatter, (await reportAssets()).style);
}
