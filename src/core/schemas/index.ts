/** Every JSON Schema that the package publishes, by file name. */
export async function schemas(): Promise<Readonly<Record<string, object>>> {
  const [{ analysisSchema }, { specSchema }] = await Promise.all([
    import('./analysis.schema.js'),
    import('./spec.schema.js'),
  ]);
  return { analysis: analysisSchema, spec: await specSchema() };
}
