import { pairProfiles } from '../../compare/profiles/pairs.js';
import { formatFigure, formatInterval, formatRatio } from '../number-format.js';
import { layersLabel, timeTable } from '../profile/table.js';
import { type ProfiledModel, profiledModels } from '../profile/view.js';
import type { ReportView } from '../view.js';
import { escapeName } from './escape.js';

/** Rows of a table; a comment holds no more than a page of them. */
const MOST_ROWS = 25;

/** Where the time of profiles went: two side by side, then each layer by layer. */
export function profileBlocks(view: ReportView): string[] {
  const profiled = profiledModels(view);
  const [first, second, ...rest] = profiled;
  return [
    ...(first === undefined || second === undefined || rest.length > 0 ? [] : [pairBlock(first, second)]),
    ...profiled.map((one) => timeBlock(one)),
  ];
}

function timeBlock(profiled: ProfiledModel): string {
  const { hasBounds, rows, others } = timeTable(profiled);
  const headings = ['Count', 'Time', 'Share', 'FLOP/s', 'Moved/s', ...(hasBounds ? ['Of bound', 'Lost'] : [])];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const more = rows.length - MOST_ROWS;
  return [
    `**Where the time of ${escapeName(profiled.model.name)} went**`,
    '',
    line(['Layers', ...headings]),
    `|:--|${headings.map(() => '--:').join('|')}|`,
    ...rows
      .slice(0, MOST_ROWS)
      .map(({ layers, time, share, flops, bytes, ofBound, lost }) =>
        line([
          escapeName(layersLabel(layers)),
          layers.names.length > 1 ? `×${layers.names.length}` : '',
          time,
          share,
          flops,
          bytes,
          ...(hasBounds ? [ofBound, lost] : []),
        ]),
      ),
    ...(more > 0 ? [line([`*${more} more rows*`, ...headings.map(() => '')])] : []),
    ...others.map(({ name, time, share }) =>
      line([`*${escapeName(name)}*`, '', time, share, ...headings.slice(3).map(() => '')]),
    ),
  ].join('\n');
}

function pairBlock(first: ProfiledModel, second: ProfiledModel): string {
  const { rows } = pairProfiles(first, second);
  const ms = (value: number | undefined) => (value === undefined ? '' : formatFigure(value, 'ms'));
  return [
    `| Layers | Count | ${escapeName(first.model.name)} | ${escapeName(second.model.name)} | Ratio |`,
    '|:--|--:|--:|--:|--:|',
    ...rows.slice(0, MOST_ROWS).map(({ name, count, firstMs, secondMs, ratio }) => {
      const interval =
        ratio?.low === undefined || ratio.high === undefined
          ? ''
          : ` (${formatInterval(ratio.low, ratio.high, 'ratio')})`;
      const factor = ratio === undefined ? '' : `${formatRatio(ratio.ratio)}${interval}`;
      return `| ${escapeName(name)} | ${count > 1 ? `×${count}` : ''} | ${ms(firstMs)} | ${ms(secondMs)} | ${factor} |`;
    }),
  ].join('\n');
}
