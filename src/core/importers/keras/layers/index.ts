import type { LayerLowering } from '../layer.js';
import { activationLayers } from './activation.js';
import { applicationLayers } from './applications.js';
import { attentionLayers } from './attention.js';
import { convLstmLayers } from './conv-lstm.js';
import { convolutionLayers } from './convolution.js';
import { denseLayers } from './dense.js';
import { lookupLayers } from './lookup.js';
import { mergingLayers } from './merging.js';
import { normalizationLayers } from './normalization.js';
import { poolingLayers } from './pooling.js';
import { preprocessingLayers } from './preprocessing.js';
import { recurrentLayers } from './recurrent.js';
import { regularizationLayers } from './regularization.js';
import { reshapingLayers } from './reshaping.js';
import { spectrogramLayers } from './spectrogram.js';
import { wrapperLayers } from './wrapper.js';

/** Every Keras layer that is known, by class name. */
export const LAYERS: ReadonlyMap<string, LayerLowering> = new Map(
  [
    activationLayers,
    applicationLayers,
    attentionLayers,
    convLstmLayers,
    convolutionLayers,
    denseLayers,
    lookupLayers,
    mergingLayers,
    normalizationLayers,
    poolingLayers,
    preprocessingLayers,
    recurrentLayers,
    regularizationLayers,
    reshapingLayers,
    spectrogramLayers,
    wrapperLayers,
  ].flatMap(Object.entries<LayerLowering>),
);
