// `npm run bench [section …]`: speed of archmeter itself, each section in test/bench/*.bench.ts.
// Writes reports/bench/ratios.json: ratios, unlike times, can be compared between machines.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { benchAnalysis } from '../test/bench/analyze.bench.js';
import { benchOnnxReading } from '../test/bench/onnx-read.bench.js';
import { benchReportHtml } from '../test/bench/report-html.bench.js';

type Ratios = Record<string, number>;

const round = (value: number, digits = 3) => Number(value.toPrecision(digits));

function goal(what: string, value: number, direction: 'at least' | 'at most', bound: number): void {
  const met = direction === 'at least' ? value >= bound : value <= bound;
  console.log(`${met ? 'met' : 'MISSED'}: ${what}: ${round(value)} (goal: ${direction} ${bound})`);
}

const SECTIONS: Record<string, () => Promise<Ratios>> = {
  async analyze() {
    const speed = await benchAnalysis();
    console.log(`ResNet-50 built in ${round(speed.buildMs)} ms, analysed in ${round(speed.analyzeMs)} ms (median)`);
    console.log(
      `cold 'analyze resnet50 --format json' ${round(speed.coldMs)} ms, 'node -e 0' ${round(speed.nodeMs)} ms: ${round(speed.coldRatio)}x`,
    );
    return { coldStartOverNode: round(speed.coldRatio) };
  },
  async onnx() {
    const { costs, speedup, speedupToGraph, memorySaving, memoryGrowth } = await benchOnnxReading();
    for (const { reader, goal, fileBytes, readMs, processMs, peakMib } of costs) {
      console.log(
        `${reader}, ${Math.round(fileBytes / 1e6)} MB to ${goal}: read in ${round(readMs)} ms, whole process ${round(processMs)} ms, peak ${Math.round(peakMib)} MiB`,
      );
    }
    goal('reading to messages, times faster than @bufbuild/protobuf', speedup, 'at least', 5);
    goal('memory of the process, times smaller', memorySaving, 'at least', 2);
    goal('memory of the large file over that of the small', memoryGrowth, 'at most', 1.2);
    console.log(`to the graph with all shapes: ${round(speedupToGraph)}x faster than its reader is to messages alone`);
    return {
      onnxTimeOverProtobuf: round(1 / speedup),
      onnxMemoryOverProtobuf: round(1 / memorySaving),
      onnxLargeFileMemory: round(memoryGrowth),
    };
  },
  async report() {
    const { interactiveMs, bytes, dataBytes } = await benchReportHtml();
    console.log(
      `HTML report of 5,000 layers: interactive after ${Math.round(interactiveMs)} ms, ${round((bytes - dataBytes) / 1e6)} MB plus ${round(dataBytes / 1e6)} MB of data`,
    );
    goal('milliseconds to interactive', interactiveMs, 'at most', 1000);
    goal('megabytes without data', (bytes - dataBytes) / 1e6, 'at most', 1.5);
    return { reportMegabytes: round((bytes - dataBytes) / 1e6) };
  },
};

const asked = process.argv.slice(2);
const path = 'reports/bench/ratios.json';
let ratios: Ratios = {};
try {
  ratios = JSON.parse(readFileSync(path, 'utf8')) as Ratios;
} catch {
  // The first run.
}
for (const [name, section] of Object.entries(SECTIONS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n${name}`);
  ratios = { ...ratios, ...(await section()) };
}
mkdirSync('reports/bench', { recursive: true });
writeFileSync(path, `${JSON.stringify(ratios, null, 2)}\n`);
console.log(`\nratios in ${path}`);
