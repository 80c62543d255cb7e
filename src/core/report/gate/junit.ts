import { cleanLines } from '../../clean-text.js';
import type { GateOutcome, GateRow } from '../../compare/gate.js';
import { metricHeading, sentence } from './describe.js';

/** JUnit XML (Jenkins' junit-4.xsd): one suite a model, one case a metric; warnings and inconclusive ones are skipped cases. */
export function junit({ rows, dtype }: GateOutcome): string {
  const models = [...new Set(rows.map(({ model }) => model))];
  const count = (list: readonly GateRow[], ...verdicts: GateRow['verdict'][]) =>
    list.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const about =
    dtype === undefined ? '' : `    <properties><property name="dtype" value="${xml(dtype)}"/></properties>\n`;
  const suites = models.map((model) => {
    const own = rows.filter((row) => row.model === model);
    const failures = count(own, 'fail');
    const skipped = count(own, 'warn', 'inconclusive', 'not-comparable');
    const cases = own.map((row) => `    ${testCase(row, dtype)}`).join('\n');
    return `  <testsuite name="${xml(model)}" tests="${own.length}" failures="${failures}" errors="0" skipped="${skipped}" time="0">\n${about}${cases}\n  </testsuite>`;
  });
  const failures = count(rows, 'fail');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="archmeter" tests="${rows.length}" failures="${failures}" errors="0" time="0">\n${suites.join('\n')}\n</testsuites>\n`;
}

function testCase(row: GateRow, dtype: string | undefined): string {
  const head = `<testcase classname="${xml(row.model)}" name="${xml(metricHeading(row.metric))}" time="0"`;
  const message = xml(sentence(row, dtype));
  if (row.verdict === 'fail')
    return `${head}><failure message="${message}" type="regression">${message}${remedy(row)}</failure></testcase>`;
  if (row.verdict === 'pass' || row.verdict === 'improved' || row.verdict === 'accepted') return `${head}/>`;
  // The schema gives `skipped` text, not attributes.
  return `${head}><skipped>${xml(row.verdict)}: ${message}</skipped></testcase>`;
}

function remedy({ location, accept }: GateRow): string {
  const place = location === undefined ? '' : `\nin ${location.file}${location.line ? `:${location.line}` : ''}`;
  return xml(`${place}${accept === undefined ? '' : `\nTo accept: ${accept}`}`);
}

/** XML text and attributes; characters that XML 1.0 cannot hold become U+FFFD. */
function xml(text: string): string {
  const named: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  };
  return Array.from(cleanLines(text), (character) => {
    const code = character.codePointAt(0) as number;
    const control = code < 0x20 && code !== 0x9 && code !== 0xa && code !== 0xd;
    if (control || (code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff) return '\ufffd';
    return named[character] ?? character;
  }).join('');
}
