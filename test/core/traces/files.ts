import { readFileSync } from 'node:fs';
import { memorySource } from '../../../src/core/importers/shared/bytes.js';
import { readTrace, type Trace } from '../../../src/core/traces/index.js';

const FOLDER = new URL('../../../fixtures/profiles/', import.meta.url);

export function bytesOf(path: string): Uint8Array {
  return readFileSync(new URL(path, FOLDER));
}

export function textOf(path: string): string {
  return readFileSync(new URL(path, FOLDER), 'utf8');
}

export function traceOf(path: string): Promise<Trace> {
  return readTrace(memorySource(path, bytesOf(path)));
}

export function traceFrom(content: string, name = 'trace.json'): Promise<Trace> {
  return readTrace(memorySource(name, new TextEncoder().encode(content)));
}

/** Σ of what the steps of all iterations took. */
export function summedMs({ iterations }: Trace): number {
  return iterations.reduce((sum, { steps }) => sum + steps.reduce((inner, { deviceMs }) => inner + deviceMs, 0), 0);
}
