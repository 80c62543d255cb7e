import { defineCommand } from '../define-command.js';

export default defineCommand({
  usage: 'setup <what>',
  summary: 'Build a native runtime against libraries that are installed already',
  positionals: { what: { choices: ['tfjs-node'], type: 'string', describe: 'The runtime to build' } },
  options: {
    libtensorflow: {
      type: 'string',
      demandOption: true,
      requiresArg: true,
      describe: "Folder of an installed TensorFlow, e.g. pip's site-packages/tensorflow (CUDA 12 with its GPU build)",
    },
    target: { type: 'string', requiresArg: true, describe: 'Where to build; default: where the runtimes look' },
  },
  examples: [
    ['setup tfjs-node --libtensorflow /usr/lib/python3/dist-packages/tensorflow', 'CUDA 12 for tfjs-node-gpu'],
  ],
  async run(args, streams) {
    const { setupTfjsNode } = await import('../../bench/runtimes/tfjs-node/setup.js');
    const { folder, usesGpu } = await setupTfjsNode({
      libtensorflow: String(args['libtensorflow']),
      ...(args['target'] === undefined ? {} : { target: String(args['target']) }),
      log: (text) => streams.err(`${text} …\n`),
    });
    streams.out(
      `tfjs-node${usesGpu ? '-gpu' : ''} is built in ${folder}: archmeter bench … --runtime tfjs-node${usesGpu ? '-gpu' : ''}\n`,
    );
    return 0;
  },
});
