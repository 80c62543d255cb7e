// Times for as long as it is let: killed and interrupted by `timing.test.ts`.
import { main } from '../../../src/cli/main.js';

process.exitCode = await main(process.argv.slice(2));
