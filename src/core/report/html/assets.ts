/** What the page runs and how it looks, bundled. */
export interface ReportAssets {
  readonly script: string;
  readonly style: string;
}

let bundled: Promise<ReportAssets> | undefined;

/**
 * The client in `../client`, bundled on the fly where archmeter runs from its sources.
 * The build puts the finished bundle in this module's place (`.dev/report-assets.js`).
 */
export function reportAssets(): Promise<ReportAssets> {
  bundled ??= import(new URL('../../../../.dev/report-assets.js', import.meta.url).href).then((build) =>
    (build as { bundleReportAssets(): Promise<ReportAssets> }).bundleReportAssets(),
  );
  return bundled;
}
