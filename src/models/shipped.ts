/** The models that come with the program: the folders of `public/models`, listed by the build. */
import { listed } from 'virtual:shipped-models';
import type { Architecture, ModelManifest } from './manifest';

/** What a list of models says before any of them is loaded; the rest is in the manifest. */
export interface ShippedModel {
  readonly id: string;
  readonly architecture: Architecture;
  readonly sequence: ModelManifest['sequence'];
  /** Of its provenance. */
  readonly notice: string;
  /** Of `manifest.json`, byte for byte: nothing else holds it to account, and it does so for all other files. */
  readonly manifestSha256: string;
}

/** The architecture's name in the literature. */
export const architectureNames: Readonly<Record<Architecture, string>> = {
  'nested-unet': 'Nested U-Net (U-Net++)',
  'attention-unet': 'Attention U-Net',
};

const sequences: readonly ModelManifest['sequence'][] = ['t1ce', 'flair'];
const architectures: readonly Architecture[] = ['nested-unet', 'attention-unet'];

const rank = ({ sequence, architecture }: ShippedModel) =>
  sequences.indexOf(sequence) * architectures.length + architectures.indexOf(architecture);

/** Of a user's own making; those that ship are called after what they are. */
export const isOwn = ({ id, sequence, architecture }: ShippedModel) => id !== `${architecture}-${sequence}`;

/**
 * T1-CE before FLAIR, in each U-Net++ first, and of two of a kind the user's own first: who puts it here wants it.
 * The first one is what is taken where nobody chooses.
 */
export const shippedModels: readonly ShippedModel[] = listed.toSorted(
  (a, b) => rank(a) - rank(b) || Number(isOwn(b)) - Number(isOwn(a)),
);

/** Said of a network before its manifest is here. */
export const noticeOf = (modelId: string | undefined): string | undefined =>
  shippedModels.find(({ id }) => id === modelId)?.notice;
