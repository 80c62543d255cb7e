import type { EnergyEstimate } from '../../core/analysis/energy/index.js';
import type { LatencyEstimate } from '../../core/analysis/latency/index.js';
import { formatFigure, formatInterval } from '../../core/report/number-format.js';
import type { Streams } from '../define-command.js';
import { paint, renderTable, type TableColumn } from './table.js';

export interface CostEstimate {
  readonly latency: LatencyEstimate;
  readonly energy: EnergyEstimate;
}

const left = (heading: string): TableColumn => ({ heading, align: 'left' });
const right = (heading: string): TableColumn => ({ heading, align: 'right' });
const shrinkable = (heading: string): TableColumn => ({ heading, align: 'left', shrinkable: true });

const milliseconds = (value: number): string => formatFigure(value, 'ms');
const joules = (value: number): string => formatFigure(value, 'J');

/** Time and energy of each model on each device, then each model's layers where `top` is given, then what they stand on. */
export function estimateTables(
  found: readonly CostEstimate[],
  layers: { readonly top: number | undefined } | undefined,
  streams: Streams,
): string {
  const notes = new Set(
    found.flatMap(({ latency, energy }) => [
      ...latencyRemarks(latency).map((line) => `${marked(latency)}: ${line}`),
      `Energy, ${energy.mode}: ${energy.note} Source: ${energy.source}.`,
    ]),
  );
  return [
    latencyTable(found, streams),
    energyTable(found, streams),
    ...(layers === undefined ? [] : found.map((one) => layerTable(one, layers.top, streams))),
    [...notes].map((line) => paint(line, 'dim', streams.color)).join('\n'),
  ].join('\n\n');
}

/** What an estimate of time leans on. */
function latencyRemarks({ unverified, notes }: LatencyEstimate): string[] {
  return [
    ...(unverified.length > 0
      ? [`Leans on figures of the device that no source confirmed: ${unverified.join(', ')}.`]
      : []),
    ...notes,
  ];
}

function latencyTable(found: readonly CostEstimate[], streams: Streams): string {
  return renderTable(
    [
      shrinkable('Model'),
      shrinkable('Device'),
      left('Runs as'),
      right('Batch'),
      right('Latency'),
      right('90 % interval'),
      right('Kernels'),
      left('Waits for'),
      right('Images/s'),
      left('Basis'),
    ],
    found.map(({ latency }) => [
      latency.model,
      marked(latency),
      `${latency.precision}, ${latency.execution}`,
      String(latency.batch),
      milliseconds(latency.latencyMs),
      formatInterval(latency.latencyLowMs, latency.latencyHighMs, 'ms'),
      milliseconds(latency.kernelsMs),
      latency.binds,
      formatFigure((1e3 * latency.batch) / latency.latencyMs, 'count'),
      latency.mode,
    ]),
    streams,
  );
}

/** A device with figures that no source confirmed bears a mark wherever its name stands. */
const marked = ({ device, unverified }: LatencyEstimate): string => (unverified.length > 0 ? `${device} *` : device);

function energyTable(found: readonly CostEstimate[], streams: Streams): string {
  return renderTable(
    [
      shrinkable('Model'),
      shrinkable('Device'),
      right('Energy/image'),
      right('compute'),
      right('memory'),
      right('static'),
      right('Range'),
      left('Basis'),
    ],
    found.map(({ latency, energy }) => [
      latency.model,
      marked(latency),
      joules(energy.energyJoules),
      joules(energy.computeJoules),
      joules(energy.memoryJoules),
      staticPart(energy, energy.staticJoules),
      formatInterval(energy.energyLowJoules, energy.energyHighJoules, 'J'),
      energy.mode === 'literature' ? 'literature, ranks only' : energy.mode,
    ]),
    streams,
  );
}

/** The literature's tables know no static power: that is not 0. */
const staticPart = ({ mode }: EnergyEstimate, value: number): string => (mode === 'literature' ? '–' : joules(value));

function layerTable({ latency, energy }: CostEstimate, top: number | undefined, streams: Streams): string {
  const byName = new Map(energy.layers.map((layer) => [layer.name, layer]));
  const layers =
    top === undefined ? latency.layers : [...latency.layers].sort((a, b) => b.latencyMs - a.latencyMs).slice(0, top);
  const table = renderTable(
    [
      shrinkable('Layer'),
      left('Op'),
      right('Time'),
      right('Of all'),
      left('Bound by'),
      right('Occupancy'),
      right('Energy/image'),
      right('compute'),
      right('memory'),
      right('static'),
    ],
    layers.map((layer) => {
      const own = byName.get(layer.name);
      const part = (value: number | undefined) => (value === undefined ? '' : joules(value));
      return [
        layer.name,
        layer.op,
        milliseconds(layer.latencyMs),
        `${(100 * layer.fraction).toFixed(1)} %`,
        layer.bound,
        `${(100 * layer.occupancy).toFixed(0)} %`,
        part(own?.energyJoules),
        part(own?.computeJoules),
        part(own?.memoryJoules),
        own === undefined ? '' : staticPart(energy, own.staticJoules),
      ];
    }),
    streams,
  );
  const cut = latency.layers.length - layers.length;
  return [
    `${paint(`${latency.model} on ${latency.device}`, 'strong', streams.color)}, energy: ${energy.mode}`,
    table,
    ...(cut > 0 ? [paint(`${cut} more layers`, 'dim', streams.color)] : []),
  ].join('\n');
}
