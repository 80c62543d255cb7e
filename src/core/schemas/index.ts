/** Every JSON Schema that the package publishes, by file name. */
export async function schemas(): Promise<Readonly<Record<string, object>>> {
  const [{ analysisSchema }, { measurementSchema }, { reportSchema }, { specSchema }] = await Promise.all([
    import('./analysis.schema.js'),
    import('./measurement.schema.js'),
    import('./report.schema.js'),
    import('./spec.schema.js'),
  ]);
  return {
    analysis: analysisSchema,
    measurement: measurementSchema,
    report: reportSchema,
    spec: await specSchema(),
  };
}
