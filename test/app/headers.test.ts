import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { headersOf, META_POLICY } from '../../src/app/headers.js';

const policyOf = (path: string) => headersOf(path)['Content-Security-Policy'];

it('no text runs as a program anywhere in the page; only the thread that computes compiles WebAssembly', () => {
  expect(policyOf('worker.js')).toBe("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'");
  expect(policyOf('sw.js')).toBe("default-src 'none'; script-src 'self'; connect-src 'self'");
  for (const policy of [META_POLICY, policyOf('index.html')]) {
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).not.toContain('unsafe');
  }
});

it('the server is given these headers by the build', () => {
  const written = JSON.parse(readFileSync(new URL('../../dist/app/headers.json', import.meta.url), 'utf8'));
  expect(written).toEqual({
    '*': headersOf('*'),
    'sw.js': headersOf('sw.js'),
    'worker.js': headersOf('worker.js'),
  });
});
