/** To begin a spec with. */
export const EXAMPLE_SPEC = `schema: archmeter/spec@1
name: my-model
parameters: { width: 64 }
input: [1, 3, 64, 64]
layers:
  - { op: conv, outChannels: "\${width}", kernel: 3, padding: 1, bias: false }
  - batchNorm
  - { op: relu, as: stem }
  # A residual branch, twice.
  - repeat: 2
    scope: stage
    layers:
      - { op: identity, as: shortcut }
      - { op: conv, outChannels: "\${width}", kernel: 3, padding: 1, bias: false }
      - batchNorm
      - { op: relu, as: branch }
      - { op: add, inputs: [branch, shortcut] }
  - { block: osa, layers: 3, outChannels: "\${2 * width}", width: 32 }
  - globalAvgPool
  - { op: linear, outFeatures: 10 }
`;
