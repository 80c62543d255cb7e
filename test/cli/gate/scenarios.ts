/** A small backbone as a spec file, one part of which each scenario changes. */
export interface Backbone {
  readonly width?: number;
  readonly stage2?: string;
  readonly stemName?: string;
  /** Adds the stem's output to what the last stage reads. */
  readonly dense?: boolean;
}

export function backbone({ width = 16, stage2 = 'basic', stemName = 'stem', dense = false }: Backbone = {}): string {
  const connection = dense
    ? `  - { name: shortcut, op: maxPool, inputs: ${stemName}, kernel: 2, stride: 2 }
  - { name: join, op: concat, inputs: [stage2, shortcut] }
`
    : '';
  return `schema: archmeter/spec@1
name: backbone
input: [1, 3, 32, 32]
layers:
  - { name: ${stemName}, op: conv, outChannels: 8, kernel: 3, padding: 1, bias: false }
  - { name: stage1, op: conv, outChannels: ${width}, kernel: 3, stride: 2, padding: 1, bias: false }
  - { name: norm1, op: batchNorm }
  - { name: act1, op: relu }
  - { name: block2, as: stage2, block: ${stage2}, outChannels: 16 }
${connection}  - { name: stage3, op: conv, outChannels: 32, kernel: 3, stride: 2, padding: 1, bias: false }
  - globalAvgPool
  - flatten
  - { name: head, op: linear, outFeatures: 10 }
`;
}

export const SCENARIOS: Readonly<Record<string, { readonly backbone: Backbone; readonly code: number }>> = {
  'widen-a-stage': { backbone: { width: 24 }, code: 1 },
  'add-a-dense-connection': { backbone: { dense: true }, code: 1 },
  'swap-a-block': { backbone: { stage2: 'bottleneck' }, code: 0 },
  'rename-a-layer': { backbone: { stemName: 'first' }, code: 0 },
  'change-nothing': { backbone: {}, code: 0 },
};

export const CONFIG = `models:
  - resnet18
  - models/*.yaml
metrics:
  params: {}
  madds: { relative: 0.01 }
  memoryAccessCost: { level: warn }
  peakActivationBytes: {}
  measuredLatencyMs: {}
budgets:
  - models: models/*
    metrics:
      params: { max: 25k }
`;
