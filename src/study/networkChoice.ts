/** The two networks of this page, and which of them the user looks at. */
import type { Rgb } from '../display/overlay';
import type { Architecture } from '../models/manifest';

export type NetworkChoice = Architecture | 'both';

export const architectures: readonly Architecture[] = ['nested-unet', 'attention-unet'];

interface NetworkFacts {
  readonly modelId: string;
  readonly name: string;
  /** Where room is short; part of `name`, so that voice control finds it. */
  readonly shortName: string;
  /** Colours that colour-blind readers tell apart (Okabe and Ito), and dashes for those who see none. */
  readonly colour: Rgb;
  readonly isDashed: boolean;
}

export const networkFacts: Readonly<Record<Architecture, NetworkFacts>> = {
  'nested-unet': {
    modelId: 'nested-unet-t1ce',
    name: 'Nested U-Net (U-Net++)',
    shortName: 'U-Net++',
    colour: [0xe6, 0x9f, 0x00],
    isDashed: false,
  },
  'attention-unet': {
    modelId: 'attention-unet-t1ce',
    name: 'Attention U-Net',
    shortName: 'Attention',
    colour: [0x56, 0xb4, 0xe9],
    isDashed: true,
  },
};

export function chosenArchitectures(choice: NetworkChoice): readonly Architecture[] {
  return choice === 'both' ? architectures : [choice];
}
