import type { Measurement } from '../../measurement.js';
import type { ReportDocument } from '../document.js';
import { significant } from '../number-format.js';
import { describeInputs, type ReportModel, type ReportView } from '../view.js';
import { html, type Markup } from './escape.js';
import { conventions } from './key-table.js';
import { modelName } from './parts.js';

type Fact = readonly [string | Markup, string | number | Markup];

/** How the figures came about: command, versions, models, devices, settings, conventions, data. */
export function method(views: readonly ReportView[], document: ReportDocument): Markup {
  return html`<h3>Command</h3>
<div class="command"><pre><code>${document.command}</code></pre><button type="button" class="quiet" data-copy="${document.command}" hidden>Copy</button></div>
<div class="columns-2"><section><h3>Models</h3>${models(views)}</section>
<section><h3>Environment</h3>${document.measurements.length === 0 ? html`<p class="muted">Nothing was timed.</p>` : document.measurements.map(rig)}
${(document.devices ?? []).map(
  (device) =>
    html`<h4>${device.name}</h4>${facts([
      ['Peak', `${significant(device.flopsPerSecond / 1e12)} TFLOP/s, ${device.dtype}, dense`],
      ['Bandwidth', `${significant(device.bytesPerSecond / 1e9)} GB/s`],
      ['Source', `${device.source}${device.verified ? '' : ' (unverified)'}`],
    ])}`,
)}
<h4>Versions</h4>${facts([
    ['archmeter', document.archmeter],
    ['Report format', document.schema],
    ...(document.createdAt === undefined ? [] : ([['Made', document.createdAt]] as const)),
  ])}<p><button type="button" class="quiet" data-save hidden>Download the data as JSON</button></p></section></div>
<h3>What the figures mean</h3>
<p>A FLOP here is one arithmetic operation, so a multiply-add is two; papers often print multiply-adds as “FLOPs”. Reading and writing are counted under the execution model named above: <em>eager</em> runs every layer as its own kernel, <em>fused</em> joins a convolution or linear layer with its bias, normalisation, activation and residual addition.</p>
${conventions(views)}`;
}

/** What holds of every model is said once; then what a model has of its own. */
function models(views: readonly ReportView[]): Markup {
  const all = views.flatMap(({ models: some }) => some).map((model) => ({ model, facts: factsOf(model) }));
  const [first] = all;
  if (first === undefined || all.length === 1)
    return html`${all.map((one) => html`<h4>${modelName(one.model)}</h4>${facts(one.facts)}`)}`;
  const shared = first.facts.filter(([key, value]) =>
    all.every((one) => one.facts.some(([k, v]) => k === key && v === value)),
  );
  const isShared = ([key, value]: Fact) => shared.some(([k, v]) => k === key && v === value);
  const own = all.map(({ model, facts: list }): Fact => {
    const rest = list.filter((fact) => !isShared(fact));
    return [
      modelName(model),
      html`${rest.map(([key, value]) => html`<span class="own"><span class="muted">${key}</span> ${value}</span> `)}`,
    ];
  });
  return html`<h4>All ${all.length}</h4>${facts(shared)}<h4>Each</h4>${facts(own, 'each')}`;
}

function factsOf({ analysis }: ReportModel): Fact[] {
  if (analysis === null) return [['Figures', 'timed only, not analysed']];
  const { source } = analysis.model;
  return [
    [
      'Source',
      source === null
        ? 'built in memory'
        : [source.format, source.file, source.producer].filter((part) => part !== undefined).join(', '),
    ],
    ['Input', describeInputs(analysis)],
    ['Element type', analysis.options.dtype],
    ['Batch', analysis.options.batch],
    ['Execution model', analysis.options.execution],
    ['Classifier', analysis.options.excludeHead ? 'left out' : 'included'],
    ['Layers', analysis.layers.length],
    ...(analysis.unsupportedOps.length === 0
      ? []
      : ([
          ['Unknown ops', analysis.unsupportedOps.map(({ type, count }) => `${type} (${count})`).join(', ')],
        ] as const)),
    ...analysis.notes.map((note): Fact => ['Note', note]),
  ];
}

function rig({ device, runtime, settings, environment, dtype, startedAt, command }: Measurement): Markup {
  const unknown = 'unknown';
  return html`<h4>${runtime.name} on ${device.name}</h4>${facts([
    ['Device', `${device.name} (${device.kind === 'software' ? 'software adapter, not a GPU' : device.kind})`],
    ...(
      [
        ['Vendor', device.vendor],
        ['Architecture', device.architecture],
        ['Driver', device.driver],
      ] as const
    ).flatMap(([key, value]): Fact[] => (value === undefined ? [] : [[key, value]])),
    ...Object.entries(runtime.details).map(([key, value]): Fact => [key, value]),
    ['Element type', dtype],
    ['Clock', `${settings.clock}, quantum ${significant(settings.clockQuantumMs * 1000)} µs`],
    ['Rounds', `${settings.rounds}, stopped by ${settings.stoppedBy}`],
    [
      'Precision asked',
      `±${significant(settings.precision * 100)} %, tolerance ±${significant(settings.tolerance * 100)} %`,
    ],
    ['Seed', settings.seed],
    ['Started', startedAt],
    ['Command', command],
    ...Object.entries(environment).map(([key, value]): Fact => [key, value ?? unknown]),
  ])}`;
}

export function facts(list: readonly Fact[], kind = ''): Markup {
  return html`<dl class="facts ${kind}">${list.map(([key, value]) => html`<div><dt>${key}</dt><dd>${value}</dd></div>`)}</dl>`;
}
