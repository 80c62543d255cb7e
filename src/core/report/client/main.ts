import type { ReportDocument } from '../document.js';
import { readDataBlock } from '../html/data-block.js';
import { viewsOf } from '../view.js';
import { find } from './dom.js';
import { mountReport } from './mount.js';
import { keepInUrl, readHash, Store } from './state.js';
import { startTheme } from './theme.js';

const block = find('#report-data');
const source = readDataBlock(block?.textContent ?? '{}', block?.dataset['encoding'] ?? null);
const store = new Store(readHash(location.hash), keepInUrl);
startTheme(() => report.redraw());
const report = mountReport(document.body, viewsOf(JSON.parse(source) as ReportDocument), store, source);
document.documentElement.dataset['ready'] = '';
