import { describe, expect, it } from 'vitest';
import { reference } from '../../../reference.js';
import { checked, maddsOf, paramsOf } from './import-onnx.js';

const facts = reference.json<Record<string, { params: number; madds: number }>>('exports/facts.json');

describe('models as real exporters and quantisers write them', () => {
  it.each(reference.names('exports', '.onnx'))(
    '%s has the parameters and multiply-adds of its source',
    async (name) => {
      const graph = checked(await reference.model(`exports/${name}.onnx`));
      const source = facts[name.replace(/_(qdq|qop|dyn).*$/, '')];
      expect({ params: paramsOf(graph), madds: maddsOf(graph) }).toEqual(source);
      expect(graph.nodes.filter(({ op }) => op === 'opaque')).toEqual([]);
    },
  );
});
