#!/usr/bin/env bash
# Packs the package and installs it into an empty folder, as a user would, and holds it to its promises: PNG reports
# without compiler or system libraries, types under both resolutions, every command of README, no surprise in size.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$root"
npm pack --silent --pack-destination "$place" >/dev/null
cp -r "$root/fixtures/specs" "$root/fixtures/onnx/test_resnet.onnx" "$root/fixtures/pt2/test_resnet.pt2" "$place"
cd "$place"
tarball=$(ls archmeter-*.tgz)
echo '{"name":"user","private":true,"type":"module"}' > package.json
# No compiler is to be had: a package that needs one fails here.
CC=/bin/false CXX=/bin/false npm install --silent --no-audit --no-fund "./$tarball"
npx --no-install archmeter compare vovnet39 densenet121 --report report.png --report report.html > table.txt
node -e '
const bytes = require("node:fs").readFileSync("report.png");
const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
if (bytes.length < 50000 || width < 1000 || height < 600) throw new Error(`report.png is ${width}x${height} in ${bytes.length} bytes: blank?`);
'
grep -q 'MAC (paper)' table.txt

cat > program.ts <<'TS'
import { type AnalysisResult, analyze, buildModel, GraphBuilder } from 'archmeter/core';
import { loadModel } from 'archmeter';

const result: AnalysisResult = analyze(await buildModel('resnet50'));
if (result.totals.params !== 25557032) throw new Error(`resnet50 has ${result.totals.params} parameters`);
const spec = analyze(await loadModel('specs/squeezenet1-1.yaml'));
if (spec.totals.madds <= 0) throw new Error('the spec has no multiply-adds');
const builder = new GraphBuilder('net');
const input = builder.input('input', [1, 3, 8, 8]);
builder.add('conv', [input], { outChannels: 8, kernel: 3, stride: 2 });
// @ts-expect-error: a misspelt attribute
builder.add('conv', [input], { outChannels: 8, kernel: 3, strides: 2 });
TS
for resolution in nodenext bundler; do
  module=$([ $resolution = nodenext ] && echo nodenext || echo esnext)
  "$root/node_modules/.bin/tsc" --strict --target es2022 --module $module --moduleResolution $resolution --noEmit program.ts
done
head -6 program.ts > run.ts
"$root/node_modules/.bin/esbuild" --log-level=error --format=esm run.ts > run.mjs
node run.mjs

# Every command that README shows, as it stands there, where a reader has the files that it names. What writes the
# configuration goes first.
mkdir reader && cd reader && git init -q .
readme=../node_modules/archmeter/README.md
cp ../test_resnet.onnx model.onnx
cp ../test_resnet.pt2 model.pt2
# The page is served until it is interrupted.
served() {
  node ../node_modules/archmeter/bin/archmeter.js app --no-open > page.txt &
  server=$!
  until grep -q 'http://' page.txt; do kill -0 $server && sleep 0.2; done
  node -e 'fetch(process.argv[1]).then(({ ok }) => process.exit(ok ? 0 : 1))' "$(grep -o 'http://[^ ]*' page.txt)"
  kill $server && { wait $server || true; }
}
block() { awk -v start="\`\`\`$1" '$0 == start { inside = 1; next } /^```/ { inside = 0 } inside' "$readme"; }
block yaml | awk '/^# yaml-language-server/ { wanted = 1 } wanted' | sed '/^  - { op: linear/q' > my-backbone.yaml
{
  block sh | grep -oE '^(npx )?archmeter [^#|]*'
  # A line of names stands for commands that take arguments.
  block sh | sed -n 's/^archmeter \(.*|.*\)$/\1/p' | tr -d ' ' | tr '|' '\n' | sed 's/.*/archmeter & --help/'
  grep -oE '`archmeter [a-z]+ (my-backbone|--ops|--blocks)[^`]*`' "$readme" | tr -d '`'
} | sed 's/^npx //; s/ *$//' | awk '!seen[$0]++' > commands.txt
[ "$(wc -l < commands.txt)" -ge 15 ]
{ grep -E ' (init|baseline update)$' commands.txt; grep -vE ' (init|baseline update)$' commands.txt; } | while read -r line; do
  for word in $line; do
    case $word in *.onnx | *.pt2 | *.yaml | *.json | *.gz | *.keras) [ -e "$word" ] || { echo "  left out, $word is not here: $line"; continue 2; } ;; esac
  done
  echo "  $line"
  case $line in 'archmeter app'*) served ; continue ;; esac
  # As a reader types them: archmeter updates no baseline in CI.
  env -u CI sh -c "npx --no-install $line" > /dev/null < /dev/null
done
cd ..
test -s node_modules/archmeter/dist/schemas/spec.json
test -s node_modules/archmeter/dist/THIRD_PARTY_NOTICES.md
echo "the packed package works: $(du -h "$tarball" | cut -f1) packed"
