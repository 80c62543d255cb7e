import { ArchmeterError } from '../../errors.js';
import { isObject, type Json, type JsonObject } from './config.js';

/** The configuration of a Keras model, and who wrote it. */
export interface KerasConfig {
  readonly json: JsonObject;
  readonly producer: string | undefined;
}

/** Parses a serialised model: `{class_name, config}`. */
export function parseModelJson(bytes: Uint8Array | string, file: string): JsonObject {
  const json = parseJson(bytes, file);
  if (isObject(json) && typeof json.class_name === 'string') return json;
  throw new ArchmeterError('its configuration is no Keras model: it has no class_name', undefined, { file });
}

export function parseJson(bytes: Uint8Array | string, file: string): Json {
  const text = typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes);
  try {
    try {
      return JSON.parse(text);
    } catch {
      // Older versions of Keras wrote numbers that are not JSON.
      return JSON.parse(text.replace(/(?<=[:[,]\s?)(NaN|-?Infinity)(?=\s?[,}\]])/g, 'null'));
    }
  } catch (error) {
    throw new ArchmeterError(`its JSON is damaged: ${(error as Error).message}`, 'Download or export the file again.', {
      file,
    });
  }
}
