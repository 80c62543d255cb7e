import type { Browser, Page } from 'playwright-core';
import type { ReportInput } from '../../src/core/report/define-reporter.js';
export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly hash?: string;
}
export interface OpenedReport {
  readonly page: Page;
  readonly url: string;
  /** Console errors, exceptions, requests and policy violations: all must stay empty. */
  readonly complaints: string[];
  close(): Promise<void>;
}
/** Opens a report from disk, as a reader would, and waits until it can be used and all charts are drawn. */
export declare function openReport(browser: Browser, input: ReportInput, options?: OpenOptions): Promise<OpenedReport>;
/** Until every chart that has data is drawn, and the diagrams too. */
export declare function settled(page: Page): Promise<void>;
