import { cleanText } from '../../clean-text.js';
import type { GateOutcome, GateRow } from '../../compare/gate.js';
import { METRICS, type MetricId } from '../../units.js';
import { ARCHMETER_VERSION } from '../../version.js';
import { bySeverity, isRegression, metricHeading, sentence } from './describe.js';

/** SARIF 2.1.0 of the regressions, with the place in the spec or model file. */
export function sarif(outcome: GateOutcome): string {
  const rows = bySeverity(outcome.rows.filter((row) => isRegression(row) || row.verdict === 'inconclusive'));
  const metrics = [...new Set(rows.map(({ metric }) => metric))];
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'archmeter',
            version: ARCHMETER_VERSION,
            rules: metrics.map((metric) => ({
              id: metric,
              name: metric.replace(/\W+/g, ''),
              shortDescription: { text: metricHeading(metric) },
              fullDescription: {
                text: Object.hasOwn(METRICS, metric) ? METRICS[metric as MetricId].definition : metricHeading(metric),
              },
            })),
          },
        },
        results: rows.map((row) => result(row, metrics.indexOf(row.metric), outcome.dtype)),
        ...(outcome.dtype === undefined ? {} : { properties: { dtype: outcome.dtype } }),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function result(row: GateRow, ruleIndex: number, dtype: string | undefined) {
  const { location } = row;
  return {
    ruleId: row.metric,
    ruleIndex,
    level: row.verdict === 'fail' ? 'error' : row.verdict === 'warn' ? 'warning' : 'note',
    message: {
      text: cleanText(
        `${sentence(row, dtype).replace(/[.]$/, '')}.${row.accept === undefined ? '' : ` To accept: ${row.accept}`}`,
      ),
    },
    locations: [
      location === undefined
        ? { logicalLocations: [{ fullyQualifiedName: cleanText(row.model), kind: 'module' }] }
        : {
            physicalLocation: {
              artifactLocation: {
                uri: uriOf(location.file),
                uriBaseId: '%SRCROOT%',
              },
              region: { startLine: location.line ?? 1 },
            },
          },
    ],
    partialFingerprints: { modelAndMetric: `${row.model}/${row.metric}` },
  };
}

/** A relative path as a URI; half a surrogate pair has no encoding. */
function uriOf(path: string): string {
  return path
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
}
