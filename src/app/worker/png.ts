import { renderPng } from 'archmeter:png';
import type { ReportInput } from '../../core/report/index.js';
import { loadFonts } from './png-canvas.js';

/** The picture that the command line writes, drawn by the same code. */
export async function pictureOf(input: ReportInput): Promise<Uint8Array<ArrayBuffer>> {
  await loadFonts();
  return new Uint8Array(await renderPng(input));
}
