/** The networks of this page, and which of them the user looks at: for one sequence, one of two architectures or both. */
import type { Sequence } from '../domain/scan';
import type { Rgb } from '../display/overlay';
import type { Architecture, ModelManifest } from '../models/manifest';
import { architectureNames, shippedModels } from '../models/shipped';

export type NetworkChoice = Architecture | 'both';
/** What networks are trained on. */
export type NetworkSequence = ModelManifest['sequence'];

export const architectures: readonly Architecture[] = ['nested-unet', 'attention-unet'];

interface NetworkFacts {
  readonly name: string;
  /** Where room is short; part of `name`, so that voice control finds it. */
  readonly shortName: string;
  /** Colours that colour-blind readers tell apart (Okabe and Ito), and dashes for those who see none. */
  readonly colour: Rgb;
  readonly isDashed: boolean;
}

export const networkFacts: Readonly<Record<Architecture, NetworkFacts>> = {
  'nested-unet': {
    name: architectureNames['nested-unet'],
    shortName: 'U-Net++',
    colour: [0xe6, 0x9f, 0x00],
    isDashed: false,
  },
  'attention-unet': {
    name: architectureNames['attention-unet'],
    shortName: 'Attention',
    colour: [0x56, 0xb4, 0xe9],
    isDashed: true,
  },
};

/** One network: which folder of public/models it is. */
export interface ChosenNetwork {
  readonly architecture: Architecture;
  readonly modelId: string;
}

const shippedFor = (sequence: NetworkSequence) => shippedModels.filter((one) => one.sequence === sequence);

/** Those for which any network ships, T1-CE first. */
export const sequences: readonly NetworkSequence[] = [...new Set(shippedModels.map(({ sequence }) => sequence))];

export const architecturesFor = (sequence: NetworkSequence): readonly Architecture[] =>
  architectures.filter((one) => shippedFor(sequence).some(({ architecture }) => architecture === one));

/** The network's id, the user's own before the one that ships; where there is none, the id it would have. */
export function modelIdOf(architecture: Architecture, sequence: NetworkSequence): string {
  const first = shippedFor(sequence).find((one) => one.architecture === architecture);
  return first?.id ?? `${architecture}-${sequence}`;
}

/** The wish, as far as networks ship for the sequence. */
export function possibleChoice(wish: NetworkChoice, sequence: NetworkSequence): NetworkChoice {
  const possible = architecturesFor(sequence);
  if (wish === 'both' ? possible.length > 1 : possible.includes(wish)) return wish;
  return possible[0] ?? 'nested-unet';
}

export function chosenArchitectures(choice: NetworkChoice): readonly Architecture[] {
  return choice === 'both' ? architectures : [choice];
}

/** Networks that were made for an image of this kind; undefined where it does not say, or none ship. */
export function sequenceFor(found: Sequence): NetworkSequence | undefined {
  const made = found === 'FLAIR' ? 'flair' : found === 'T1-CE' || found === 'T1' ? 't1ce' : undefined;
  return sequences.find((one) => one === made);
}
