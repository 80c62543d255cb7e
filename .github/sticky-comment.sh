#!/usr/bin/env bash
# Posts a Markdown file as the pull request's comment, or updates the one posted before, if anything changed.
# A token that may not write, as a fork's, is no failure: the job summary says the same.
# Usage: sticky-comment.sh FILE; environment: GH_TOKEN, GITHUB_REPOSITORY, PULL_REQUEST.
set -uo pipefail

file=$1
marker=$(head -n 1 "$file")
comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments"

give_up() {
  echo "::notice title=archmeter::The pull request's comment was not written ($1); the job summary has the same text."
  exit 0
}

ids=$(gh api --paginate "$comments?per_page=100" --jq ".[] | select(.body | startswith(\"$marker\")) | .id") ||
  give_up "comments cannot be read"
id=$(head -n 1 <<<"$ids")

if [ -z "$id" ]; then
  if grep -qx 'No figure changed.' "$file"; then
    echo "nothing changed, nothing to say"
    exit 0
  fi
  gh api "$comments" --method POST --field "body=@$file" --silent || give_up "it cannot be posted"
  echo "posted"
  exit 0
fi

current=$(gh api "repos/$GITHUB_REPOSITORY/issues/comments/$id" --jq .body | tr -d '\r') || give_up "it cannot be read"
if [ "$current" = "$(cat "$file")" ]; then
  echo "unchanged"
  exit 0
fi
gh api "repos/$GITHUB_REPOSITORY/issues/comments/$id" --method PATCH --field "body=@$file" --silent ||
  give_up "it cannot be updated"
echo "updated"
