import { cleanLines } from '../../clean-text.js';
import type { GateOutcome } from '../../compare/gate.js';
import type { ArchmeterError } from '../../errors.js';
import { bySeverity, isRegression, metricHeading, sentence } from './describe.js';

const MOST = 10;

/**
 * GitHub workflow commands, worst first, at most ten (GitHub shows no more of a step), each at the line of the spec
 * file where there is one.
 */
export function annotations({ rows, dtype }: GateOutcome): string {
  return bySeverity(rows.filter(isRegression))
    .slice(0, MOST)
    .map((row) => {
      const level = row.verdict === 'fail' ? 'error' : 'warning';
      const place =
        row.location === undefined ? '' : `file=${property(row.location.file)},line=${row.location.line ?? 1},`;
      const title = property(`${row.model}: ${metricHeading(row.metric)}`);
      const accept = row.accept === undefined ? '' : `\nTo accept: ${row.accept}`;
      return `::${level} ${place}title=${title}::${data(`${sentence(row, dtype)}${accept}`)}\n`;
    })
    .join('');
}

/** An error that kept the gate from judging, at its place where it has one. */
export function annotationOfError({ location, message }: ArchmeterError): string {
  const { file, line, column } = location;
  const place = [
    ...(file === undefined ? [] : [`file=${property(file)}`]),
    ...(line === undefined ? [] : [`line=${line}`]),
    ...(column === undefined ? [] : [`col=${column}`]),
    'title=archmeter',
  ];
  return `::error ${place.join(',')}::${data(message)}\n`;
}

function data(text: string): string {
  return cleanLines(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
