// Posts a Markdown file as the pull request's comment, or updates the one posted before, if anything changed.
// A token that may not write, as a fork's, is no failure: the job summary says the same.
// Usage: node sticky-comment.js FILE; environment: TOKEN, PULL_REQUEST, GITHUB_REPOSITORY, GITHUB_API_URL.
import { readFileSync } from 'node:fs';

const { TOKEN, PULL_REQUEST, GITHUB_REPOSITORY, GITHUB_API_URL = 'https://api.github.com' } = process.env;
const LONGEST_MS = 20_000;
const PER_PAGE = 100;
const MOST_PAGES = 30;

const text = readFileSync(process.argv[2], 'utf8');
const [marker] = text.split('\n', 1);
const issues = `repos/${GITHUB_REPOSITORY}/issues`;

class Refused extends Error {}

async function ask(method, path, body) {
  const response = await fetch(`${GITHUB_API_URL}/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${TOKEN}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    },
    body: body && JSON.stringify({ body }),
    signal: AbortSignal.timeout(LONGEST_MS),
  });
  if (!response.ok) throw new Refused(`HTTP ${response.status}`);
  return response.json();
}

/** The comment posted before: anyone can write the marker, so one by a stranger is not taken for it. */
async function standing() {
  for (let page = 1; page <= MOST_PAGES; page++) {
    const comments = await ask('GET', `${issues}/${PULL_REQUEST}/comments?per_page=${PER_PAGE}&page=${page}`);
    const own = comments.find(
      ({ body, user, author_association: author }) =>
        body?.startsWith(marker) && (user?.type === 'Bot' || /^(OWNER|MEMBER|COLLABORATOR)$/.test(author)),
    );
    if (own !== undefined || comments.length < PER_PAGE) return own;
  }
  return undefined;
}

/** GitHub may give line ends and white space around a text another form. */
const plain = (body) => body.replaceAll('\r\n', '\n').trim();

async function post() {
  if (!TOKEN) throw new Refused('there is no token');
  const before = await standing();
  if (before === undefined) {
    if (/^No figure changed\.$/m.test(text)) return 'nothing changed, nothing to say';
    await ask('POST', `${issues}/${PULL_REQUEST}/comments`, text);
    return 'posted';
  }
  if (plain(before.body) === plain(text)) return 'unchanged';
  await ask('PATCH', `${issues}/comments/${before.id}`, text);
  return 'updated';
}

try {
  console.log(await post());
} catch (error) {
  const reason = error instanceof Refused ? error.message : (error.cause?.code ?? error.message);
  console.log(
    `::notice title=archmeter::The pull request's comment was not written (${reason}); the job summary has the same text.`,
  );
}
