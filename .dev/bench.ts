// `npm run bench [section …]`: speed of archmeter itself, each section in test/bench/*.bench.ts.
// Writes reports/bench/ratios.json: ratios, unlike times, can be compared between machines.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { benchAnalysis } from '../test/bench/analyze.bench.js';
import { benchOnnxReading } from '../test/bench/onnx-read.bench.js';
import { benchReportHtml } from '../test/bench/report-html.bench.js';

type Ratios = Record<string, number>;

const round = (value: number, digits = 3) => Number(value.toPrecision(digits));

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
    const { costs, speedup, memorySaving, memoryGrowth } = await benchOnnxReading();
    for (const { reader, fileBytes, readMs, peakMib } of costs) {
      console.log(
        `${reader}, ${Math.round(fileBytes / 1e6)} MB: read in ${round(readMs)} ms, peak ${Math.round(peakMib)} MiB`,
      );
    }
    console.log(
      `${round(speedup)}x faster and ${round(memorySaving)}x smaller than @bufbuild/protobuf; memory of the large file ${round(memoryGrowth)}x`,
    );
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
