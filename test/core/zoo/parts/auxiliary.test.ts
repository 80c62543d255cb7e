import { describe, expect, it } from 'vitest';
import { buildModel } from '../../../../src/core/zoo/index.js';
import { count } from '../count.js';

describe('idle auxiliary classifiers', () => {
  it('do not limit the size of images: torchvision runs inception-v3 at 192', async () => {
    const { params, madds } = count(await buildModel('inception-v3', { resolution: 192 }));
    expect({ params, madds }).toEqual({ params: 27161264, madds: 1981213024 });
  });
});

describe('MNASNet', () => {
  it('mnasnet_140 is the 1.4 wide model of timm', async () => {
    const { params, madds } = count(await buildModel('mnasnet_140'));
    expect({ params, madds }).toEqual({ params: 7115728, madds: 588799408 });
  });
});
