/** The models that come with the program. Any other folder beside theirs is found by its id. */
import type { Architecture, ModelManifest } from './manifest';

export interface ShippedModel {
  readonly id: string;
  readonly architecture: Architecture;
  readonly sequence: ModelManifest['sequence'];
  /** The architecture's name in the literature. */
  readonly label: string;
}

export const shippedModels: readonly ShippedModel[] = [
  {
    id: 'nested-unet-t1ce',
    architecture: 'nested-unet',
    sequence: 't1ce',
    label: 'Nested U-Net (U-Net++)',
  },
  {
    id: 'attention-unet-t1ce',
    architecture: 'attention-unet',
    sequence: 't1ce',
    label: 'Attention U-Net',
  },
];
