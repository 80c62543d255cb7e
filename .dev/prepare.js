// npm runs `prepare` in a checkout after `npm ci`, where nothing is to be done, and where the repository is installed as
// a git dependency: there the package has to be built before it is packed.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
if (resolve(process.env['INIT_CWD'] ?? root) !== resolve(root)) {
  execFileSync(process.execPath, ['.dev/build.js', '--types'], { cwd: root, stdio: 'inherit' });
}
