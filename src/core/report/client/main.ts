import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
} from 'chart.js';
import { CHARTS } from '../charts/index.js';
import type { ReportDocument } from '../document.js';
import { LIGHT } from '../palette.js';
import { viewOf } from '../view.js';

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
);

const data = JSON.parse(document.getElementById('report-data')?.textContent ?? '{}') as ReportDocument;
const view = viewOf(data);
const place = document.getElementById('charts') as HTMLElement;
for (const chart of CHARTS) {
  const config = chart.build({
    view,
    theme: LIGHT,
    font: { family: 'system-ui', size: 13 },
    variant: null,
    selection: null,
  });
  if (config === null) continue;
  const canvas = document.createElement('canvas');
  const box = document.createElement('div');
  box.append(canvas);
  place.append(box);
  new Chart(canvas, config);
}
