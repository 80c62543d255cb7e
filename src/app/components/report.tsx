import { useEffect, useRef } from 'preact/hooks';
import type { ReportDocument } from '../../core/report/document.js';
import type { ShownReport } from '../show-report.js';
import { onThemeChange } from '../theme-events.js';

/** The report of what is open: the components of `report.html`. */
export function Report({ document: shown }: { readonly document: ReportDocument }) {
  const root = useRef<HTMLDivElement>(null);
  const links = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let report: ShownReport | undefined;
    let gone = false;
    void import('../show-report.js').then(({ showReport }) => {
      if (gone || root.current === null || links.current === null) return;
      report = showReport(root.current, links.current, shown);
      document.documentElement.dataset['ready'] = '';
    });
    const forget = onThemeChange(() => report?.redraw());
    return () => {
      gone = true;
      forget();
      report?.dispose();
    };
  }, [shown]);
  return (
    <>
      <div class="section-links" ref={links} />
      <div class="report" ref={root} />
    </>
  );
}
