#!/usr/bin/env bash
# Installs the packed package into an empty folder, as a user would, and holds it to its promises: PNG reports without
# compiler or system libraries, types for both entry points, published schemas.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$root"
node .dev/build.js --types
tarball=$(npm pack --silent --ignore-scripts --pack-destination "$place")
cd "$place"
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
node --input-type=module -e '
import { analyze, buildModel } from "archmeter/core";
import { loadModel } from "archmeter";
const { totals } = analyze(await buildModel("resnet50"));
if (totals.params !== 25557032 || typeof loadModel !== "function") throw new Error("the API does not work as installed");
'
test -s node_modules/archmeter/dist/index.d.ts
test -s node_modules/archmeter/dist/core/index.d.ts
test -s node_modules/archmeter/dist/schemas/spec.json
echo "the packed package works: $(du -h "$tarball" | cut -f1) packed"
