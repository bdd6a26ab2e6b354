/** The two networks of this page, and which of them the user looks at. */
import type { Rgb } from '../display/overlay';
import type { Architecture } from '../models/manifest';
import { shippedModels } from '../models/shipped';

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

/** This page shows the networks for T1-CE. */
function shipped(architecture: Architecture): Pick<NetworkFacts, 'modelId' | 'name'> {
  const model = shippedModels.find((one) => one.architecture === architecture && one.sequence === 't1ce');
  if (!model) throw new Error(`no ${architecture} for T1-CE ships`);
  return { modelId: model.id, name: model.label };
}

export const networkFacts: Readonly<Record<Architecture, NetworkFacts>> = {
  'nested-unet': {
    ...shipped('nested-unet'),
    shortName: 'U-Net++',
    colour: [0xe6, 0x9f, 0x00],
    isDashed: false,
  },
  'attention-unet': {
    ...shipped('attention-unet'),
    shortName: 'Attention',
    colour: [0x56, 0xb4, 0xe9],
    isDashed: true,
  },
};

export function chosenArchitectures(choice: NetworkChoice): readonly Architecture[] {
  return choice === 'both' ? architectures : [choice];
}
