#!/usr/bin/env node
import { main } from '../dist/cli/main.js';

process.exitCode = await main(process.argv.slice(2));
// A call of a runtime that never returned would keep the process.
setTimeout(() => process.exit(), 5000).unref();
