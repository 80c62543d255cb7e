import type { Importer } from '../define-importer.js';

/** HDF5's signature, at the start or after a user block of 512, 1024, 2048 … bytes. */
const HDF5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Files of a `.keras` archive. */
const ENTRIES = /^(metadata\.json|config\.json|(model\.)?(weights|variables)\.h5)$/;

const keras: Importer = {
  format: 'keras',
  title: 'Keras',
  extensions: ['.keras', '.h5', '.hdf5', '.json'],
  matches(head, name) {
    const at = (offset: number) => HDF5.every((byte, i) => head[offset + i] === byte);
    if (at(0) || at(512) || at(1024) || at(2048)) return 'content';
    const text = new TextDecoder('latin1').decode(head);
    if (text.startsWith('PK')) return ENTRIES.test(firstEntry(text)) ? 'content' : endsWith(name, '.keras');
    if (/^\s*\{/.test(text)) {
      const keras = /"class_name"|"className"/.test(text) && /"config"/.test(text);
      return keras && !/"modelTopology"|"model_topology"/.test(text) ? 'content' : false;
    }
    return endsWith(name, '.keras', '.h5', '.hdf5');
  },
  read: async (source, options) => (await import('./read.js')).readKeras(source, options),
};

/** Name of the first file in a zip archive. */
function firstEntry(text: string): string {
  const length = text.charCodeAt(26) + 256 * text.charCodeAt(27);
  return text.slice(30, 30 + length);
}

function endsWith(name: string, ...extensions: readonly string[]): 'name' | false {
  return extensions.some((extension) => name.endsWith(extension)) ? 'name' : false;
}

export default keras;
