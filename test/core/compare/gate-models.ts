import { analyze } from '../../../src/core/analysis/analyze.js';
import type { GatedModel } from '../../../src/core/compare/check.js';
import { readSpec } from '../../../src/core/spec/read-spec.js';

export interface NetOptions {
  readonly width?: number;
  readonly stem?: string;
  readonly extra?: string;
  readonly side?: number;
}

/** A small net as a spec file; widths and names vary. */
export function netSpec({ width = 8, stem = 'stem', extra = '', side = 16 }: NetOptions = {}): string {
  return `schema: archmeter/spec@1
name: net
input: [1, 3, ${side}, ${side}]
layers:
  - { name: ${stem}, op: conv, outChannels: 4, kernel: 3, padding: 1, bias: false }
  - { name: act, op: relu }
  - { name: wide, op: conv, outChannels: ${width}, kernel: 3, padding: 1, bias: false }
${extra}  - globalAvgPool
  - flatten
  - { name: head, op: linear, outFeatures: 10 }
`;
}

export async function net(options: NetOptions = {}, name = 'net'): Promise<GatedModel> {
  const graph = await readSpec(netSpec(options), 'net.yaml');
  return { name, result: analyze(graph), location: { file: 'net.yaml' } };
}
