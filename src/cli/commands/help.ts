import { readTopic, TOPICS, type Topic } from '../../node/docs.js';
import { defineCommand } from '../define-command.js';

export default defineCommand({
  usage: 'help [topic]',
  summary: 'Show a page of the manual: tutorial, spec, method or api',
  positionals: { topic: { choices: Object.keys(TOPICS), type: 'string', describe: 'The page' } },
  options: {},
  examples: [
    ['help', 'the pages that there are'],
    ['help spec', 'what can stand in a layer-spec file'],
  ],
  async run({ topic }, streams) {
    if (topic === undefined) {
      const width = Math.max(...Object.keys(TOPICS).map((name) => name.length));
      const lines = Object.entries(TOPICS).map(([name, about]) => `  archmeter help ${name.padEnd(width)}  ${about}`);
      streams.out(`${lines.join('\n')}\n\nOptions of a command: archmeter COMMAND --help\n`);
    } else {
      const page = await readTopic(topic as Topic);
      streams.data(streams.columns === undefined ? page : withoutLists(page));
    }
    return 0;
  },
});

/** On a terminal, tables of every op would bury the page: the zoo shows them one by one. */
function withoutLists(page: string): string {
  const lists = /<!-- generated: spec -->[\s\S]*<!-- end -->/;
  return page
    .replace(
      lists,
      'Blocks and ops: archmeter zoo --blocks, archmeter zoo --ops; one of them: archmeter zoo --ops conv',
    )
    .replace(/^<!-- .* -->\n/gm, '');
}
