// Reads one trace as `archmeter profile` does and prints what memory it took, MiB.
import { profileOf } from '../../../src/core/profile/profile.js';
import { readTrace } from '../../../src/core/traces/index.js';
import { withModelFile } from '../../../src/node/byte-source.js';

const before = process.memoryUsage.rss() / 2 ** 20;
const start = performance.now();
const trace = await withModelFile(process.argv[2] as string, (source) => readTrace(source));
const { rows } = profileOf(trace, 'trace');
console.log(
  JSON.stringify({
    iterations: trace.iterations.length,
    rows: rows.length,
    beforeMib: before,
    // In KiB, unlike what memoryUsage tells.
    peakMib: process.resourceUsage().maxRSS / 2 ** 10,
    seconds: (performance.now() - start) / 1000,
  }),
);
