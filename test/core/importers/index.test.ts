import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { checkSizes } from '../../../src/core/importers/check-sizes.js';
import { detectFormat, importers, importModel } from '../../../src/core/importers/index.js';
import { memorySource } from '../../../src/core/importers/shared/bytes.js';
import { fixtureBytes, importText } from './fixtures.js';

const text = (content: string) => strToU8(content, true);
const formatOf = async (bytes: Uint8Array, name: string) => (await detectFormat(memorySource(name, bytes))).format;
const reading = (bytes: Uint8Array, name: string) => importModel(memorySource(name, bytes));

describe('the format of a file', () => {
  it.each([
    ['keras/nested.keras', 'keras'],
    ['keras/nested.h5', 'keras'],
    ['tfjs/conv1d/model.json', 'tfjs'],
    ['tfjs/layers/model.json', 'tfjs'],
    ['tflite/conv1d.fp32.tflite', 'tflite'],
    ['pt2/test_resnet.pt2', 'pt2'],
  ])('%s is found by its content, whatever its name', async (path, format) => {
    const bytes = fixtureBytes(path);
    for (const name of ['model', 'model.onnx', 'model.tflite', 'folder.keras/file.bin']) {
      expect(await formatOf(bytes, name), name).toBe(format);
    }
  });

  it('is that of its name where the content tells nothing', async () => {
    const damaged = new Uint8Array(64).fill(0xee);
    expect(await formatOf(damaged, 'm.tflite')).toBe('tflite');
    expect(await formatOf(damaged, 'm.H5')).toBe('keras');
  });

  it('is refused with a list of what is read', async () => {
    await expect(reading(text('hello world, this is no model'), 'notes.txt')).rejects.toThrow(
      /^notes\.txt: no model format is recognised in this file\. Readable are: Keras \(\.keras, \.h5, \.hdf5, \.json\), .*TensorFlow Lite \(\.tflite, \.lite\).*\.$/,
    );
    await expect(reading(new Uint8Array(0), 'm.onnx')).rejects.toThrow(
      'm.onnx: the file is empty. Download or export it again.',
    );
  });

  it('every importer can be loaded and has a format, a title and extensions', async () => {
    const all = await importers();
    expect(all.map(({ format }) => format)).toEqual(expect.arrayContaining(['keras', 'tfjs', 'tflite', 'pt2']));
    for (const { matches, extensions } of all) {
      expect(extensions.every((extension) => /^\.[a-z0-9]+$/.test(extension))).toBe(true);
      for (const head of [new Uint8Array(0), new Uint8Array(4096), new Uint8Array(4096).fill(0xff)]) {
        expect([false, 'name', 'content']).toContain(matches(head, ''));
      }
    }
  });
});

describe('files that are something else are named, with the way on', () => {
  const safetensors = new Uint8Array(60);
  safetensors[0] = 40;
  safetensors.set(text('{"weight":{"dtype":"F32"}}'), 8);
  const EXPORT = 'Export the model: torch.export.save(torch.export.export(model, (example,)), "model.pt2").';

  it.each([
    [
      'm.gguf',
      text('GGUF\x03\0\0\0'),
      'this is a GGUF file: weights and metadata, no graph. Export the original model to ONNX',
    ],
    ['m.safetensors', safetensors, `this is a safetensors file: weights alone, no graph. ${EXPORT}`],
    [
      'm.pth',
      Uint8Array.of(0x80, 2, 0x7d, 0x71, 0),
      `this is a Python pickle (a PyTorch checkpoint, for one): weights alone, no graph. ${EXPORT}`,
    ],
    [
      'm.pt',
      zipSync({ 'archive/data.pkl': text('x'), 'archive/data/0': text('x') }),
      `this is a PyTorch checkpoint (torch.save): weights alone, no graph. ${EXPORT}`,
    ],
    [
      'm.pt',
      zipSync({ 'm/data.pkl': text('x'), 'm/constants.pkl': text('x'), 'm/code/__torch__.py': text('x') }),
      `this is a TorchScript archive. ${EXPORT}`,
    ],
    ['w.npz', zipSync({ 'a.npy': text('x') }), 'this is a NumPy archive: weights alone, no graph.'],
    [
      'm.zip',
      zipSync({ 'net/model.onnx': text('x') }),
      "this is a zip archive that holds 'net/model.onnx'. Unpack it and give the file inside.",
    ],
    [
      'saved_model.pb',
      Uint8Array.of(8, 1, 0x12, 0xf0, 2, 0x0a, 4, 1),
      'this is a TensorFlow SavedModel. Convert it: tensorflowjs_converter --input_format=tf_saved_model FOLDER OUT',
    ],
    ['m.mlmodel', Uint8Array.of(8, 4, 0x12, 0x30, 0x0a, 4, 1), 'this is a Core ML model.'],
    [
      'frozen.pb',
      text('\x0a\x20\x0a\x01x\x12\x0bPlaceholder'),
      'this is a frozen TensorFlow GraphDef. Convert it: tensorflowjs_converter --input_format=tf_frozen_model',
    ],
    ['m.ort', text('\x18\0\0\0ORTM\0\0'), 'this is an ONNX Runtime (.ort) file, optimised for one machine.'],
    ['m.pte', text('\x18\0\0\0ET12\0\0'), 'this is an ExecuTorch program.'],
    ['m.param', text('7767517\n75 83\n'), 'this is an ncnn parameter file.'],
    ['m.xml', text('<?xml version="1.0"?>\n<net name="m" version="11">'), 'this is an OpenVINO model.'],
    [
      'm.onnx',
      text('version https://git-lfs.github.com/spec/v1\noid sha256:0'),
      'this is a Git LFS pointer, not the model itself. Fetch the file: git lfs pull.',
    ],
    [
      'm.onnx',
      text('<!DOCTYPE html><html>'),
      'this is a web page, not a model: the download went wrong. Download the raw file.',
    ],
    [
      'weights_manifest.json',
      text('[{"weights":[{"name":"w"}],"paths":["a"]}]'),
      'this is a TensorFlow.js weights manifest alone, no graph. Give the model.json that it belongs to.',
    ],
    ['m.tar.gz', Uint8Array.of(0x1f, 0x8b, 8, 0), 'this is an archive. Unpack it and give the model file inside.'],
    ['w.npy', Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1), 'this is a NumPy array, no model.'],
  ])('%s', async (name, bytes, message) => {
    await expect(reading(bytes, name)).rejects.toThrow(`${name}: ${message}`);
  });
});

it('refuses tensors of impossible sizes', async () => {
  const huge = {
    class_name: 'Sequential',
    config: { layers: [{ class_name: 'Flatten', config: { name: 'f', batch_input_shape: [null, 1e9, 1e9] } }] },
  };
  await expect(importText(JSON.stringify(huge))).rejects.toThrow(
    "model.json, layer 'f_input': a tensor of shape 1x1000000000x1000000000 is larger than archmeter counts exactly.",
  );
  for (const shape of [[-1, -4], [0.5], [Number.NaN], [2 ** 60]]) {
    const value = { id: 0, name: 'x', kind: 'input', shape, dtype: 'float32' } as const;
    const graph = { name: 'm', values: [value], nodes: [], inputs: [0], outputs: [0], notes: [] };
    expect(() => checkSizes(graph)).toThrow(
      `tensor 'x' has the impossible shape ${shape.join('x')}. The file is damaged; download or export it again.`,
    );
  }
});
