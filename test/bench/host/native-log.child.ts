import { writeSync } from 'node:fs';
import { openNodeSession } from '../../../src/bench/runtimes/tfjs-node/session.js';

// Opens a session on the binding in the folder that is named, between two lines of our own.
const [folder = ''] = process.argv.slice(2);
process.stderr.write('before\n');
await openNodeSession({
  runtime: 'tfjs-node',
  location: { name: '@tensorflow/tfjs-node', folder, version: '4.22.0' },
  device: { name: 'CPU', kind: 'cpu' },
  options: { dtype: 'float32', allowSoftware: false, threads: 1 },
}).catch((error: Error) => process.stderr.write(`${error.message}\n`));
writeSync(2, `level ${process.env['TF_CPP_MIN_LOG_LEVEL']}\n`);
process.stderr.write('after\n');
