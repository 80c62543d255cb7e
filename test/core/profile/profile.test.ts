import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceOfDriver } from '../../../src/core/analysis/devices/driver-name.js';
import { findDevice } from '../../../src/core/analysis/devices/index.js';
import { alikeLayers } from '../../../src/core/analysis/measured/layers.js';
import { align } from '../../../src/core/profile/align.js';
import { batchOfTrace } from '../../../src/core/profile/batch.js';
import { measurementOf } from '../../../src/core/profile/measurement.js';
import { profileOf } from '../../../src/core/profile/profile.js';
import { measurementSchema } from '../../../src/core/schemas/measurement.schema.js';
import { buildModel } from '../../../src/core/zoo/index.js';
import { textOf, traceOf } from '../traces/files.js';
import { countedOperators, DIFFERENCES } from '../traces/tracelens.js';

const VIT = 'pytorch/vit-b-16-h100.json.gz';

describe('without a model', () => {
  it("a trace's operators are counted from their shapes: ViT-B/16 at a batch of 4", async () => {
    const { analysis, dtype, joinedFraction, rows } = profileOf(await traceOf(VIT), 'vit');
    expect(dtype).toBe('bfloat16');
    expect(joinedFraction).toBe(1);
    const { madds } = analysis.totals;
    // What the zoo counts, with a pooler where that has its classifier of 1000 classes.
    const zoo = profileOf(await traceOf(VIT), 'vit', await buildModel('vit_b_16', { batch: 4 })).analysis.totals.madds;
    expect(madds).toBe(zoo - 4 * 768 * 1000 + 4 * 768 * 768);
    expect(rows[1]?.name).toBe('ViTEmbeddings_0.cat');
    expect(rows.map(({ name }) => name)).toContain('ViTEncoder_0.ViTLayer_11.ViTOutput_11.Linear_71');
    expect(analysis.unsupportedOps).toEqual([]);
  });

  it.each(['vit-b-16-h100', 'bert-small-h100', 'qwen-h100'])('FLOPs by operator are those of TraceLens: %s', (name) => {
    const operators = countedOperators(textOf(`tracelens/${name}.csv`));
    expect(operators.length).toBeGreaterThan(5);
    for (const operator of operators) {
      const difference = DIFFERENCES.find((one) => one.name.test(operator.name));
      expect(difference?.theirs(operator) ?? operator.flops, `${operator.name} ${operator.dims}`).toBe(operator.theirs);
    }
  });

  it('what is not known is timed and said to be uncounted', async () => {
    const { analysis, rows } = profileOf(await traceOf('pytorch/vllm-graph.json.gz'), 'decoder');
    expect(analysis.unsupportedOps.map(({ reason }) => reason)).toContain(
      'a kernel that no operator of the trace launched',
    );
    const opaque = new Set(analysis.layers.filter(({ kind }) => kind === 'opaque').map(({ name }) => name));
    expect(rows.some(({ layers, latencyMs }) => latencyMs > 0 && opaque.has(layers[0] ?? ''))).toBe(true);
  });
});

describe('with a model', () => {
  it('joins the trace of ViT-B/16 module by module; what ran as three products is one group', async () => {
    const trace = await traceOf(VIT);
    expect(batchOfTrace(trace)).toBe(4);
    const { rows, joinedFraction } = profileOf(trace, 'vit', await buildModel('vit_b_16', { batch: 4 }));
    expect(joinedFraction).toBeGreaterThan(0.99);
    for (let block = 0; block < 12; block++) {
      const at = `encoder.layers.encoder_layer_${block}`;
      const ofBlock = rows.filter(({ layers }) => layers.some((layer) => layer.startsWith(`${at}.`)));
      expect(ofBlock.map(({ name }) => name.slice(at.length + 1))).toEqual([
        'ln_1',
        'self_attention.in_proj',
        'self_attention.attention',
        'self_attention.out_proj',
        'add',
        'ln_2',
        'mlp.0',
        'mlp.1',
        'mlp.3',
        'add_1',
      ]);
      expect(ofBlock[1]?.kernels).toBe(3);
    }
    // The pooler that torchvision's model does not have.
    expect(rows.filter(({ layers }) => layers.length === 0).map(({ name }) => name)).toContain('aten::tanh');
  });

  it('no layer is in two rows, and rows sum to the device time', async () => {
    const trace = await traceOf(VIT);
    for (const model of [undefined, await buildModel('vit_b_16', { batch: 4 }), await buildModel('resnet50')]) {
      const { rows } = profileOf(trace, 'x', model);
      const layers = rows.flatMap((row) => row.layers);
      expect(new Set(layers).size).toBe(layers.length);
      const sum = rows.reduce((total, { latencyMs }) => total + latencyMs, 0);
      expect(sum).toBeCloseTo(trace.totalMs - trace.leftOutMs, 6);
    }
  });

  it('a model that was not the one profiled is joined to next to nothing', async () => {
    const { joinedFraction } = profileOf(await traceOf(VIT), 'x', await buildModel('resnet50', { batch: 4 }));
    expect(joinedFraction).toBeLessThan(0.1);
  });
});

describe('a measurement', () => {
  it('satisfies the schema and says what one iteration is worth', async () => {
    for (const path of [VIT, 'pytorch/training-mi250.json.gz', 'pytorch/alexnet-a100-no-shapes.json.gz']) {
      const measurement = measurementOf(profileOf(await traceOf(path), 'm'), 'm', 'archmeter profile');
      const validate = new Ajv({ strict: false }).compile(measurementSchema);
      expect(validate(JSON.parse(JSON.stringify(measurement))), JSON.stringify(validate.errors)).toBe(true);
    }
    const { settings, arms, warnings } = measurementOf(profileOf(await traceOf(VIT), 'm'), 'm', 'x');
    expect(arms[0]?.device?.hot.lowMs).toBeUndefined();
    expect(settings.stoppedBy).toBe('end-of-trace');
    expect(arms[0]?.device?.hot.medianMs).toBeCloseTo(7.56, 2);
    expect(warnings.map(({ id }) => id)).toEqual(['few-iterations']);
  });
});

describe('bounds', () => {
  it('hold layers against the device that the driver names', async () => {
    expect(deviceOfDriver('NVIDIA H100 80GB HBM3')?.id).toBe('h100-sxm');
    expect(deviceOfDriver('AMD Instinct MI300X VF')?.id).toBe('mi300x');
    expect(deviceOfDriver('NVIDIA H100 PCIe')?.id).toBe('h100-pcie');
    expect(deviceOfDriver('NVIDIA B900')).toBeUndefined();
    const profile = profileOf(await traceOf(VIT), 'vit');
    const { arms } = measurementOf(profile, 'vit', 'x', await findDevice('h100-sxm'));
    const timings = arms[0]?.layers?.timings ?? [];
    const linear = timings.find(({ name }) => name.endsWith('ViTIntermediate_0.Linear_4'));
    // 2·788·768·3072 multiply-adds and biases at 989.4 TFLOP/s: 3.76 µs.
    expect(linear?.bound).toEqual({ by: 'compute', latencyMs: expect.closeTo(3.76e-3, 5) as number });
    // 2·788·768·3072 operations and 788·3072 of the bias; bf16 matrices of 788×768, 768×3072 and 788×3072 with 3072 biases.
    expect(linear?.work).toEqual({
      madds: 788 * 768 * 3072,
      flops: 2 * 788 * 768 * 3072 + 788 * 3072,
      bytes: 2 * (788 * 768 + 768 * 3072 + 3072 + 788 * 3072),
    });
    expect(arms[0]?.trace?.boundsOf).toEqual({ id: 'h100-sxm', name: 'H100 SXM5 80GB', unverified: ['float16Tflops'] });
    const rows = alikeLayers(timings);
    expect(rows.map(({ lostMs }) => lostMs)).toEqual(rows.map(({ lostMs }) => lostMs).toSorted((a, b) => b - a));
    expect(rows.reduce((sum, { latencyMs }) => sum + latencyMs, 0)).toBeCloseTo(
      timings.reduce((sum, { latencyMs }) => sum + latencyMs, 0),
      9,
    );
  });
});

describe('align', () => {
  it('finds a longest common subsequence, pairs in order and equal', () => {
    const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
    fc.assert(
      fc.property(words, words, (left, right) => {
        const partner = [...align(left, right, () => 1)];
        const pairs = partner.flatMap((at, i) => (at < 0 ? [] : [[i, at] as const]));
        pairs.forEach(([i, at], n) => {
          expect(left[i]).toBe(right[at]);
          if (n > 0) expect(at).toBeGreaterThan((pairs[n - 1] as readonly [number, number])[1]);
        });
        expect(pairs.length).toBe(longest(left, right));
      }),
    );
  });
});

function longest(left: readonly string[], right: readonly string[]): number {
  if (left.length === 0 || right.length === 0) return 0;
  const table = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
  for (let i = 1; i <= left.length; i++) {
    for (let j = 1; j <= right.length; j++) {
      const [up, back, both] = [table[i - 1]?.[j], table[i]?.[j - 1], table[i - 1]?.[j - 1]] as [
        number,
        number,
        number,
      ];
      (table[i] as number[])[j] = left[i - 1] === right[j - 1] ? both + 1 : Math.max(up, back);
    }
  }
  return table[left.length]?.[right.length] as number;
}
