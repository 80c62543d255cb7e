import { readTopic, TOPICS, type Topic } from '../../node/docs.js';
import { defineCommand } from '../define-command.js';
import { pageText } from '../tables/page.js';
import { renderTable } from '../tables/table.js';

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
      const pages = Object.entries(TOPICS).map(([name, about]) => [`archmeter help ${name}`, about]);
      const columns = [
        { heading: 'Page', align: 'left' },
        { heading: '', align: 'left', wraps: true },
      ] as const;
      streams.out(`${renderTable(columns, pages, streams)}\n\nOptions of a command: archmeter COMMAND --help\n`);
    } else {
      const page = await readTopic(topic as Topic);
      if (streams.columns === undefined) streams.data(page);
      else streams.out(pageText(withoutLists(page), streams));
    }
    return 0;
  },
});

/** On a terminal, tables of every op would bury the page: the zoo shows them one by one. */
function withoutLists(page: string): string {
  const lists = /<!-- generated: spec -->[\s\S]*<!-- end -->/;
  return page.replace(
    lists,
    'Blocks and ops: archmeter zoo --blocks, archmeter zoo --ops; one of them: archmeter zoo --ops conv',
  );
}
