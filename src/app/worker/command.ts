import type { AnalysisRequest } from './protocol.js';

/** The command line that gives the same figures: what a page shows can be had without it. */
export function asCommand({ references, blocks = [], settings }: AnalysisRequest): string {
  const { batch, resolution, dtype, execution, on, parameters = {}, dims = {} } = settings;
  const quote = (text: string) => (/^[\w./:=@,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  const pairs = (option: string, values: Readonly<Record<string, unknown>>) =>
    Object.entries(values).flatMap(([key, value]) => [option, quote(`${key}=${value}`)]);
  const verb =
    blocks.length > 0 ? ['blocks', '--group', blocks.join(',')] : [references.length > 1 ? 'compare' : 'analyze'];
  return [
    'archmeter',
    ...verb,
    ...references.map(quote),
    ...(batch === undefined ? [] : ['--batch', String(batch)]),
    ...(resolution === undefined ? [] : ['--resolution', String(resolution)]),
    ...(dtype === undefined ? [] : ['--dtype', dtype]),
    ...(execution === 'eager' ? [] : ['--execution', execution]),
    ...pairs('--set', parameters),
    ...pairs('--dim', dims),
    ...on.flatMap((id) => ['--on', quote(id)]),
  ].join(' ');
}
