import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findingLevel,
  type GateConfig,
  idlePatterns,
  matchesPattern,
  parseQuantity,
  rulesFor,
} from '../../../src/core/compare/gate-config.js';

describe('parseQuantity', () => {
  it.each([
    [7, 7],
    ['7', 7],
    ['26M', 26e6],
    ['4.2 G', 4.2e9],
    ['50MB', 50e6],
    ['50MiB', 50 * 2 ** 20],
    ['1kiB', 1024],
    ['3T', 3e12],
  ])('%s is %f', (text, value) => expect(parseQuantity(text)).toBeCloseTo(value, 3));

  it.each(['', 'M', '1.2.3', '1e9', '-4', '0x10', '5 MX'])(
    "'%s' is no number, which would never be exceeded",
    (text) => {
      expect(parseQuantity(text)).toBeNaN();
    },
  );
});

describe('matchesPattern', () => {
  it('agrees with the regular expression that the pattern stands for', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    fc.assert(
      fc.property(text, name, (pattern, subject) => {
        const expected = new RegExp(`^${pattern.split('*').join('.*')}$`).test(subject);
        expect(matchesPattern(pattern, subject), `${pattern} ${subject}`).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('takes no longer for many stars', () => {
    expect(matchesPattern(`${'*a'.repeat(200)}b`, 'a'.repeat(5000))).toBe(false);
  });
});

describe('rulesFor', () => {
  const config = {
    models: ['a', 'b'],
    metrics: { params: { relative: 0.1 }, madds: {} },
    budgets: [
      { models: 'a*', metrics: { params: { max: 5 } } },
      { models: '*', metrics: { flops: { level: 'warn' as const } } },
    ],
  };

  it('adds what each fitting budget says, later ones last', () => {
    expect(rulesFor(config, 'a')).toEqual({ params: { relative: 0.1, max: 5 }, madds: {}, flops: { level: 'warn' } });
    expect(rulesFor(config, 'b')).toEqual({ params: { relative: 0.1 }, madds: {}, flops: { level: 'warn' } });
  });

  it('judges four counts where none is named', () => {
    expect(Object.keys(rulesFor({ models: ['a'] }, 'a'))).toEqual([
      'params',
      'madds',
      'memoryAccessCost',
      'peakActivationBytes',
    ]);
  });

  it('finds budgets that fit no model', () => {
    expect(idlePatterns(config, ['a', 'b'])).toEqual([]);
    expect(idlePatterns(config, ['b'])).toEqual(['a*']);
  });

  it('gates findings by id, rule or all, for some models and not for others', () => {
    const gated: GateConfig = {
      models: ['x'],
      findings: {
        '*': 'warn',
        'memory-peak': 'off',
        bottleneck: { models: ['net-*', 'old'], allow: 'net-b' },
        'group-convolution:stage1': { level: 'warn' },
        'group-convolution': 'error',
      },
    };
    const level = (id: string, name = 'net-a') => findingLevel(gated, { id, rule: id.split(':')[0] as string }, name);
    expect(level('memory-peak')).toBe('off');
    expect(level('fragmentation')).toBe('warn');
    expect(level('constructor')).toBe('warn');
    expect(['net-a', 'net-b', 'old', 'other'].map((name) => level('bottleneck', name))).toEqual([
      'error',
      'off',
      'error',
      'warn',
    ]);
    expect(['stage1', 'stage2'].map((place) => level(`group-convolution:${place}`))).toEqual(['warn', 'error']);
    expect(findingLevel({ models: ['x'] }, { id: 'bottleneck', rule: 'bottleneck' }, 'x')).toBe('off');
    expect(idlePatterns(gated, ['net-a'])).toEqual(['old']);
  });
});
