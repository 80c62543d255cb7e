import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import { embedJson, html, Markup } from './escape.js';

/** Characters of JSON beyond which it is deflated: 20,000 layers are 14 MB of text and 1 MB deflated. */
const LARGE = 200_000;

/** The data of a page, inside it; `readDataBlock` gives the JSON back. */
export function dataBlock(value: unknown): Markup {
  const json = embedJson(value);
  if (json.text.length <= LARGE) return html`<script type="application/json" id="report-data">${json}</script>`;
  const deflated = toBase64(deflateSync(strToU8(JSON.stringify(value)), { level: 6 }));
  return html`<script type="text/plain" id="report-data" data-encoding="deflate">${new Markup(deflated)}</script>`;
}

/** @param encoding of the block, null where its text is the JSON itself */
export function readDataBlock(text: string, encoding: string | null): string {
  return encoding === 'deflate' ? strFromU8(inflateSync(fromBase64(text))) : text;
}

/** Arguments of one call: engines have limits. */
const CHUNK = 0x8000;

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
