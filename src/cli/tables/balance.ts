import { type BalanceCurve, boundAt, flips } from '../../core/analysis/balance.js';
import type { DeviceBalance } from '../../core/compose/device-balances.js';
import { significant } from '../../core/report/number-format.js';
import type { Streams } from '../define-command.js';
import { renderTable } from './table.js';
import { wrapWords } from './width.js';

const LIMIT = 1000;
/** Machine balances of the table, FLOP/byte. */
export const BALANCES = [0, 5, 10, 20, 50, 100, 200, 500, LIMIT] as const;

/** Where one model overtakes another as machines get richer in arithmetic. */
export interface Overtaking {
  readonly balance: number;
  /** Faster above that balance. */
  readonly above: string;
  /** Faster below it. */
  readonly below: string;
}

/** Every flip between any two models, by balance. */
export function overtakings(curves: readonly BalanceCurve[]): Overtaking[] {
  return curves
    .flatMap((one, i) =>
      curves.slice(i + 1).flatMap((two) =>
        flips(one, two, LIMIT).map((balance) => {
          const oneIsFaster = boundAt(one, balance * 1.000001) < boundAt(two, balance * 1.000001);
          const [above, below] = oneIsFaster ? [one.model, two.model] : [two.model, one.model];
          return { balance, above, below };
        }),
      ),
    )
    .sort((a, b) => a.balance - b.balance);
}

export function balanceText(
  curves: readonly BalanceCurve[],
  devices: readonly DeviceBalance[],
  basis: string,
  streams: Streams,
): string {
  const wrap = (text: string) => wrapWords(text, streams.columns ?? 100);
  const known = overtakings(curves).map(
    ({ balance, above, below }) =>
      `From ${significant(balance, 3)} FLOP/byte on, ${above} is ahead of ${below}: ${split(devices, balance)}.`,
  );
  return [
    wrap(
      `Least time by arithmetic and traffic of each kernel (${basis}), over that of ${curves[0]?.model}: bounds, not timings. At 0 FLOP/byte arithmetic alone counts.`,
    ),
    '',
    boundTable(curves, streams),
    '',
    ...(known.length === 0 ? ['The order is the same from 0 to 1,000 FLOP/byte.'] : known.map(wrap)),
  ].join('\n');
}

function boundTable(curves: readonly BalanceCurve[], streams: Streams): string {
  const bounds = curves.map((curve) => BALANCES.map((balance) => boundAt(curve, balance)));
  const least = BALANCES.map((_, column) => Math.min(...bounds.map((row) => row[column] as number)));
  return renderTable(
    [
      { heading: 'FLOP/byte', align: 'left', shrinkable: true },
      ...BALANCES.map((balance) => ({
        heading: balance === LIMIT ? '1,000' : String(balance),
        align: 'right' as const,
      })),
    ],
    curves.map(({ model }, row) => [
      model,
      ...(bounds[row] as number[]).map((bound, column) => ({
        text: (bound / (bounds[0]?.[column] as number)).toFixed(2),
        ...(bound === least[column] ? { style: 'strong' as const } : {}),
      })),
    ]),
    streams,
  );
}

const MOST_NAMED = 3;

/** Known devices above a balance, and below it, the nearest by name. */
function split(devices: readonly DeviceBalance[], balance: number): string {
  const above = devices.filter((device) => device.balance >= balance);
  const below = devices.filter((device) => device.balance < balance).reverse();
  const named = (some: readonly DeviceBalance[]) =>
    some.length === 0
      ? 'none'
      : `${some.length} (${some
          .slice(0, MOST_NAMED)
          .map(({ device, balance: own }) => `${device} ${significant(own, 3)}`)
          .join(', ')}${some.length > MOST_NAMED ? ' …' : ''})`;
  return `of the known devices ${named(above)} above, ${named(below)} below`;
}
