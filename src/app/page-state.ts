import type { AnalysisSettings } from './worker/protocol.js';

/** What a reader has open. */
export interface PageState {
  readonly references: readonly string[];
  /** Groups of the paper's matched blocks. */
  readonly blocks: readonly string[];
  /** Specs written in the page, by the paths they have among the references. */
  readonly texts: Readonly<Record<string, string>>;
  readonly settings: AnalysisSettings;
}

export const EMPTY: PageState = { references: [], blocks: [], texts: {}, settings: { execution: 'eager', on: [] } };

export const isEmpty = ({ references, blocks }: PageState) => references.length === 0 && blocks.length === 0;

/** To begin with. */
export const EXAMPLES: readonly { readonly title: string; readonly state: PageState }[] = [
  {
    title: 'VoVNet-39, DenseNet-121 and ResNet-50',
    state: {
      ...EMPTY,
      references: ['vovnet39', 'densenet121', 'resnet50'],
      settings: { execution: 'eager', on: ['rtx-4090'] },
    },
  },
  {
    title: 'MobileNet-v2, EfficientNet-B0 and RegNetX-400MF',
    state: { ...EMPTY, references: ['mobilenet-v2', 'efficientnet-b0', 'regnet-x-400mf'] },
  },
  { title: 'The paper’s matched blocks', state: { ...EMPTY, blocks: ['A', 'B', 'C'] } },
];
