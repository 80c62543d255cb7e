// `npm run bench [section …]`: speed of archmeter itself, each section in test/bench/*.bench.ts.
// Writes reports/bench/ratios.json: ratios, unlike times, can be compared between machines.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { benchAnalysis } from '../test/bench/analyze.bench.js';
import { benchApp } from '../test/bench/app.bench.js';
import { benchLargeModels, benchSequencer } from '../test/bench/large.bench.js';
import { benchOnnxReading } from '../test/bench/onnx-read.bench.js';
import { benchReportHtml } from '../test/bench/report-html.bench.js';
import { sweepGrowth, sweepRate, sweepRuns } from '../test/bench/sweep.bench.js';
import { traceReadingCost } from '../test/bench/trace.bench.js';

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
  async sweep() {
    const rows = [await sweepRate(100_000, undefined), await sweepRate(1_000_000, undefined)];
    const estimated = await sweepRate(50_000, 'rtx-4090');
    for (const { designs, seconds, perSecond, peakMib } of [...rows, estimated]) {
      console.log(
        `${designs} RegNets in ${round(seconds)} s of one core: ${Math.round(perSecond)} a second, peak ${Math.round(peakMib)} MiB`,
      );
    }
    const runs = sweepRuns();
    const [small, large] = rows as [(typeof rows)[0], (typeof rows)[0]];
    goal('exact totals of RegNets a second on one core', large.perSecond, 'at least', 10_000);
    goal('with latency and energy of a device, a second', estimated.perSecond, 'at least', 2000);
    goal('rate at ten times the designs over that at one', large.perSecond / small.perSecond, 'at least', 1);
    console.log(
      `${runs.designs} designs, the whole command: ${round(runs.seconds[0])} s by one thread, ${round(runs.seconds[1])} s by two (least of three turns); processor time of two over that of one ${round(runs.processorRatio)}`,
    );
    goal('two threads over one', runs.speedup, 'at least', 1.8);
    goal('parts of a killed and a whole run of equal bytes (1 = yes)', Number(runs.identical), 'at least', 1);
    return {};
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
    const large = await benchReportHtml(20_000, 3);
    console.log(
      `HTML report of 20,000 layers: interactive after ${Math.round(large.interactiveMs)} ms, ${round(large.bytes / 1e6)} MB`,
    );
    goal('milliseconds to interactive', large.interactiveMs, 'at most', 3000);
    goal('megabytes', large.bytes / 1e6, 'at most', 6);
    return { reportMegabytes: round((bytes - dataBytes) / 1e6) };
  },
  async large() {
    const costs = await benchLargeModels();
    for (const { command, seconds, growth } of costs) {
      console.log(`${command}: ${round(seconds)} s, ${round(growth)} times that of half as many`);
    }
    console.log(`analyze sequencer2d_s.onnx: ${round(await benchSequencer())} s`);
    goal('growth at twice the layers', Math.max(...costs.map(({ growth }) => growth)), 'at most', 3);
    return {};
  },
  async trace() {
    const alike = await traceReadingCost(500e6);
    const varied = await traceReadingCost(500e6, [], 'varied');
    for (const { bytes, iterations, peakMib, seconds } of [alike, varied]) {
      console.log(
        `trace of ${Math.round(bytes / 1e6)} MB, ${iterations === 1 ? 'nothing repeats' : `${iterations} iterations`}: read and profiled in ${round(seconds)} s, peak ${Math.round(peakMib)} MiB`,
      );
    }
    const peakMib = Math.max(alike.peakMib, varied.peakMib);
    goal('MiB of the process at 500 MB', peakMib, 'at most', 300);
    return { traceMemoryOverFile: round((peakMib * 2 ** 20) / alike.bytes) };
  },
  async app() {
    const { interactiveMs, exampleMs, bytes, largeLayers, largeMs, largeInteractionMs } = await benchApp();
    console.log(
      `page: interactive after ${Math.round(interactiveMs)} ms, an example after ${Math.round(exampleMs)} ms more, ${round(bytes / 1e6)} MB compressed; ${largeLayers} layers dropped and shown in ${Math.round(largeMs)} ms`,
    );
    goal('megabytes compressed before a runtime', bytes / 1e6, 'at most', 1.5);
    goal('milliseconds from a letter typed to the next frame', largeInteractionMs, 'at most', 200);
    return {};
  },
};

/** Sections that run only when they are named: minutes. */
const ON_DEMAND: Record<string, () => Promise<void>> = {
  async 'sweep-growth'() {
    const rows = [...sweepGrowth()];
    const lines = rows.map(
      ({ designs, seconds, perSecond, peakMib, wallSeconds: [one, two] }) =>
        `| ${designs.toLocaleString('en')} | ${round(seconds)} | ${Math.round(perSecond).toLocaleString('en')} | ${Math.round(peakMib)} | ${round(one)} | ${round(two)} | ${(one / two).toFixed(2)} |`,
    );
    const text = [
      '# A sweep as it grows',
      '',
      `\`npm run bench sweep-growth\`: \`archmeter sweep\` on one core (${cpus()[0]?.model ?? 'unknown'}), exact counts, constraints, Parquet and front included. Processor time and memory are those of one thread; two threads each load and compile the program, which weighs less the larger the space.`,
      '',
      '| designs | processor seconds | a second | peak MiB | wall seconds, one thread | two threads | times faster |',
      '|--:|--:|--:|--:|--:|--:|--:|',
      ...lines,
      '',
    ].join('\n');
    writeFileSync('reports/bench/sweep-growth.md', text);
    console.log(text);
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
for (const name of asked) await ON_DEMAND[name]?.();
writeFileSync(path, `${JSON.stringify(ratios, null, 2)}\n`);
console.log(`\nratios in ${path}`);
