import { readFile } from 'node:fs/promises';

/** Pages of the manual: `src/docs` in a checkout, `dist/docs` in the package. */
export const TOPICS = {
  tutorial: 'ten minutes with archmeter, command by command',
  spec: 'layer-spec files: every key, block and op',
  method: 'what is counted how, which convention, what an interval means',
  api: 'the library: every export of archmeter and archmeter/core',
} as const;

export type Topic = keyof typeof TOPICS;

/** The Markdown of a page. */
export function readTopic(topic: Topic): Promise<string> {
  return readFile(new URL(`../docs/${topic}.md`, import.meta.url), 'utf8');
}
