/** Every JSON Schema that the package publishes, by file name. */
export async function schemas(): Promise<Readonly<Record<string, object>>> {
  const [
    { analysisSchema },
    { baselineSchema },
    { configSchema },
    { estimatesSchema },
    { findingsSchema },
    { diffSchema },
    { gateSchema },
    { measurementSchema },
    { ratiosSchema },
    { reportSchema },
    { spaceSchema },
    { specSchema },
  ] = await Promise.all([
    import('./analysis.schema.js'),
    import('./baseline.schema.js'),
    import('./config.schema.js'),
    import('./estimates.schema.js'),
    import('./findings.schema.js'),
    import('./diff.schema.js'),
    import('./gate.schema.js'),
    import('./measurement.schema.js'),
    import('./ratios.schema.js'),
    import('./report.schema.js'),
    import('./space.schema.js'),
    import('./spec.schema.js'),
  ]);
  return {
    analysis: analysisSchema,
    baseline: baselineSchema,
    config: configSchema,
    estimates: estimatesSchema,
    findings: findingsSchema,
    diff: diffSchema,
    gate: gateSchema,
    measurement: measurementSchema,
    ratios: ratiosSchema,
    report: reportSchema,
    space: spaceSchema,
    spec: await specSchema(),
  };
}
