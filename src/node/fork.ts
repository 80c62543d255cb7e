import { readFile } from 'node:fs/promises';

/**
 * Whether what is checked out comes from a fork: a pull request on GitHub (by the event's payload) or a merge request
 * on GitLab whose source is another project. Its author may not be trusted with what a runner can reach.
 */
export async function isForksHead(environment: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const { CI_MERGE_REQUEST_SOURCE_PROJECT_ID: source, CI_MERGE_REQUEST_PROJECT_ID: target } = environment;
  if (source && target && source !== target) return true;
  if (environment['GITHUB_ACTIONS'] !== 'true' || !environment['GITHUB_EVENT_PATH']) return false;
  try {
    const event = JSON.parse(await readFile(environment['GITHUB_EVENT_PATH'], 'utf8')) as PullRequestEvent | null;
    const { head, base } = event?.pull_request ?? {};
    if (head === undefined) return false;
    // The repository of a fork that was deleted is null.
    return head.repo?.full_name === undefined || head.repo.full_name !== base?.repo?.full_name;
  } catch {
    return false;
  }
}

interface PullRequestEvent {
  readonly pull_request?: { readonly head?: Side; readonly base?: Side };
}

interface Side {
  readonly repo?: { readonly full_name?: string } | null;
}
