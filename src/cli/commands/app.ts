import { ArchmeterError } from '../../core/errors.js';
import { defineCommand } from '../define-command.js';

export default defineCommand({
  usage: 'app',
  summary: 'The page: drop models, compare them, time them on this GPU in the browser',
  options: {
    port: { type: 'number', default: 0, describe: 'Port of the page; 0 is any that is free', requiresArg: true },
    open: { type: 'boolean', default: true, describe: 'Open the browser (--no-open only serves)' },
  },
  examples: [
    ['app', 'serves the page to this machine and opens it'],
    ['app --no-open --port 8080', 'serves it alone'],
  ],
  async run(args, streams) {
    const port = args['port'] as number;
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new ArchmeterError(`--port ${port} is no port`, 'Give a whole number up to 65535.');
    }
    const [{ serveApp }, { openBrowser }] = await Promise.all([
      import('../../node/app-server.js'),
      import('../../node/open-browser.js'),
    ]);
    const server = await serveApp(port);
    streams.out(`The page is at ${server.url}\nCtrl-C ends it. Models that are dropped there stay on this machine.\n`);
    if (args['open'] !== false) openBrowser(server.url);
    await server.interrupted();
    await server.close();
    return 0;
  },
});
