/** A name that Kubernetes, Slurm and Ray all take (RFC 1123): lower case letters, digits and hyphens, at most 50. */
export function jobName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `sweep-${plain || 'space'}`.replace(/-+$/, '');
}

/** One word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
