/** Which lesions of two networks are the same place. */
import { type Agreement, agreementOf, placesOf } from '../domain/agreement';
import type { Lesion, Mask } from '../domain/volume';
import type { Architecture } from '../models/manifest';

export interface NetworkLesions {
  readonly architecture: Architecture;
  readonly mask: Mask;
  readonly lesions: readonly Lesion[];
}

export interface NetworkLesion {
  readonly architecture: Architecture;
  readonly lesion: Lesion;
}

/** One place: every lesion that shares a voxel with another of the group, whichever network marked it. */
export interface LesionGroup {
  /** 1 for the group with the largest lesion, then descending. */
  readonly id: number;
  /** Network by network, each by descending size. */
  readonly members: readonly NetworkLesion[];
  /** Dice of the two networks' voxels in this place, 0 to 1; undefined where only one network marked it. */
  readonly overlap: number | undefined;
}

/** Groups of the lesions of one or two networks on one Grid. */
export function groupLesions(networks: readonly NetworkLesions[]): readonly LesionGroup[] {
  return placesOf(networks).map(({ id, members, overlaps: [overlap] }) => ({
    id,
    members: members.map(({ network, lesion }) => ({ architecture: networks[network]!.architecture, lesion })),
    overlap: overlap?.dice,
  }));
}

interface Looked {
  readonly architecture: Architecture;
  readonly modelId: string;
}

/** What is written beside one network's lesions: the table's places, with what a person has rejected of the others. */
export function agreementIn(
  groups: readonly LesionGroup[],
  own: Architecture,
  networks: readonly Looked[],
): Agreement | undefined {
  const at = (architecture: Architecture) => networks.findIndex((one) => one.architecture === architecture);
  const places = groups.map(({ id, members, overlap }) => ({
    id,
    members: members.map(({ architecture, lesion }) => ({ network: at(architecture), lesion })),
    overlaps: overlap === undefined ? [] : [{ networks: [0, 1] as const, dice: overlap }],
  }));
  return agreementOf(places, at(own), networks.map(({ modelId }) => modelId)); // prettier-ignore
}
