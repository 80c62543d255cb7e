// Who may import whom (ARCHITECTURE.md has the table). Every folder may import itself and core's leaf files.
const LEAVES = '^src/core/(clean-text|errors|nearest|units|measurement|version)\\.ts$';

/** A room of src/core and the other rooms it may import. */
const only = (room, allowed, comment) => ({
  name: `core-${room}`,
  comment,
  severity: 'error',
  from: { path: `^src/core/${room}/` },
  to: { path: '^src/', pathNot: [LEAVES, `^src/core/${room}/`, ...allowed.map((other) => `^src/core/${other}/`)] },
});

module.exports = {
  forbidden: [
    only('ir', [], 'the representation knows nothing of what is done with it'),
    only('statistics', [], 'pure functions of numbers'),
    only('ops', ['ir'], 'an op knows tensors, not graphs or analyses'),
    only('evaluate', ['ir', 'ops'], 'values of ops, whoever asks for them'),
    only('graph', ['ir', 'ops'], 'building and transforming graphs'),
    only('zoo', ['ir', 'ops', 'graph'], 'models are built, not measured'),
    only('spec', ['ir', 'ops', 'graph', 'zoo'], 'spec files use ops and zoo blocks'),
    only('sweep', ['ir', 'ops', 'graph', 'zoo', 'spec', 'analysis', 'statistics'], 'design spaces: models built and counted'),
    only('importers', ['ir', 'ops', 'evaluate', 'graph'], 'formats do not know the zoo'),
    only('traces', ['ir', 'ops', 'graph', 'statistics', 'importers'], 'profiles that others made; operators are read as .pt2 files are'),
    only('profile', ['ir', 'ops', 'graph', 'analysis', 'statistics', 'traces'], 'time of a trace joined to the layers of a graph'),
    only('export', ['ir', 'ops', 'graph'], 'the way back to files'),
    only('analysis', ['ir', 'ops', 'graph', 'statistics'], 'figures from graphs alone'),
    only('compare', ['ir', 'analysis', 'statistics'], 'verdicts from results, never from files'),
    only('compose', ['ir', 'ops', 'graph', 'zoo', 'spec', 'importers', 'analysis', 'traces', 'profile', 'report', 'statistics'], 'whole jobs out of the other rooms'),
    only('report', ['ir', 'ops', 'analysis', 'compare', 'statistics'], 'a report shows results; it never times anything'),
    {
      name: 'core-is-browser-safe',
      comment: 'src/core runs in a browser',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-below-all',
      comment: 'core imports nothing above it',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/(bench|node|cli)/' },
    },
    {
      name: 'bench-imports-core',
      comment: 'bench times graphs; it writes no files and draws no reports',
      severity: 'error',
      from: { path: '^src/bench/' },
      to: { path: ['^src/(node|cli)/', '^src/core/(report|importers|spec)/'] },
    },
    {
      name: 'harness-is-browser-safe',
      comment: 'the harness, its lowering and its reference run in a worker of a browser too',
      severity: 'error',
      from: { path: '^src/bench/((harness|lowering|reference)/|[^/]+\\.ts$)' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'harness-knows-no-machine',
      comment: 'runtimes, meters and the host come through interfaces',
      severity: 'error',
      from: { path: '^src/bench/((harness|lowering|reference)/|[^/]+\\.ts$)' },
      to: { path: '^src/bench/(runtimes|host|power)/', pathNot: '^src/bench/power/define-meter\\.ts$' },
    },
    {
      name: 'app-is-a-page',
      comment: 'the page has no machine: it imports core and what of bench runs without Node',
      severity: 'error',
      from: { path: '^src/app/' },
      to: {
        path: '^src/',
        pathNot: ['^src/(app|core)/', '^src/bench/((harness|lowering|reference)/|[^/]+\\.ts$)', '^src/bench/runtimes/(wasm|webgpu)/(adapter|backend|clock|device)\\.ts$'],
      },
    },
    {
      name: 'app-imports-no-node',
      severity: 'error',
      from: { path: '^src/app/|^src/bench/runtimes/(wasm|webgpu)/(adapter|backend|clock|device)\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'nothing-imports-app',
      comment: 'the page is at the top; the command line serves its files',
      severity: 'error',
      from: { path: '^src/(core|bench|node|cli)/' },
      to: { path: '^src/app/' },
    },
    {
      name: 'node-imports-core',
      comment: 'node touches files; it neither times nor talks',
      severity: 'error',
      from: { path: '^src/node/' },
      to: { path: '^src/(bench|cli)/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    {
      name: 'not-to-dev-dep',
      comment: 'what users run may not need what only developers have (esbuild bundles chartjs-node-canvas, preact and CodeMirror at build)',
      severity: 'error',
      from: { path: '^src' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: ['node_modules/preact/', 'node_modules/@codemirror/', 'node_modules/@lezer/', 'chartjs-node-canvas', 'onnxruntime-node', '@duckdb', 'node_modules/@types/', 'json-schema-to-ts', '@webgpu/types'] },
    },
    { name: 'no-unresolvable', severity: 'error', from: { path: '^src' }, to: { couldNotResolve: true, pathNot: ['^archmeter:', '^@tensorflow/tfjs-node', '^typescript'] } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
