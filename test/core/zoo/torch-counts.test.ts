import { describe, expect, it } from 'vitest';
import { buildModel, findModel } from '../../../src/core/zoo/index.js';
import { reference } from '../../reference.js';
import { count } from './count.js';

/** Trained parameters, multiply-adds, side of the input image. */
type Counts = readonly [number, number, number];

const { models } = reference.json<{ models: Readonly<Record<string, Counts>> }>('zoo-counts.json');

describe('models counted by torch', () => {
  it.each(Object.entries(models))('%s', async (key, expected) => {
    const [name, form] = key.split(':') as [string, string?];
    const { params, madds } = count(await buildModel(form === undefined ? name : `${name}:${form}=true`));
    const entry = await findModel(name);
    expect([params, madds, entry?.resolution]).toEqual(expected);
  });
});
