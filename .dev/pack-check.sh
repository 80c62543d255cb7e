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

# Every command of README; those of the reader’s own files on files that are here, timings short.
npx --no-install archmeter analyze specs/vovnet27-seed.yaml > /dev/null
grep -oE '^(npx )?archmeter [^#|]*' node_modules/archmeter/README.md | sed 's/^npx //; s/ *$//' | while read -r line; do
  case $line in *model.onnx* | *model.pt2* | *my-backbone* | 'archmeter app'* | 'archmeter bench'* | 'archmeter blocks'* | 'archmeter check'* | 'archmeter init'* | 'archmeter baseline'*) continue ;; esac
  echo "  $line"
  sh -c "npx --no-install $line" > /dev/null
done
npx --no-install archmeter analyze test_resnet.onnx --input 1x3x320x320 > /dev/null
npx --no-install archmeter compare vovnet39 densenet121 test_resnet.pt2 > /dev/null
mkdir gate && cd gate && cp ../specs/squeezenet1-1.yaml . && git init -q .
# As a reader types them: archmeter updates no baseline in CI.
for command in init 'baseline update' check; do env -u CI npx --no-install archmeter $command > /dev/null; done
cd ..
npx --no-install archmeter bench squeezenet1-1 --time-budget 5 --no-cold > /dev/null
test -s node_modules/archmeter/dist/schemas/spec.json
test -s node_modules/archmeter/dist/THIRD_PARTY_NOTICES.md
echo "the packed package works: $(du -h "$tarball" | cut -f1) packed"
