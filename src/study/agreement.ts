/** Which lesions of two networks are the same place. */
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
}

/** Groups of the lesions of one or two networks on one Grid. */
export function groupLesions(networks: readonly NetworkLesions[]): readonly LesionGroup[] {
  const members = networks.flatMap(({ architecture, lesions }) => lesions.map((lesion) => ({ architecture, lesion })));
  const leader = members.map((_, index) => index);
  const find = (index: number): number => (leader[index] === index ? index : find(leader[index]!));

  const [first, second] = networks;
  if (first && second) {
    // Places in `members` by label; label 0 is background.
    const firstAt = new Map(first.lesions.map(({ id }, index) => [id, index]));
    const secondAt = new Map(second.lesions.map(({ id }, index) => [id, first.lesions.length + index]));
    for (const [a, b] of overlaps(first.mask.labels, second.mask.labels)) {
      const [at, other] = [firstAt.get(a), secondAt.get(b)];
      if (at !== undefined && other !== undefined) leader[find(at)] = find(other);
    }
  }

  const groups = new Map<number, NetworkLesion[]>();
  members.forEach((member, index) => {
    const group = groups.get(find(index));
    if (group) group.push(member);
    else groups.set(find(index), [member]);
  });
  return [...groups.values()]
    .sort((a, b) => largest(b) - largest(a))
    .map((group, index) => ({ id: index + 1, members: group }));
}

const largest = (members: readonly NetworkLesion[]) => Math.max(...members.map(({ lesion }) => lesion.voxelCount));

/** Pairs of labels that share a voxel, each once. */
function overlaps(first: Uint16Array, second: Uint16Array): readonly (readonly [number, number])[] {
  const pairs = new Map<number, readonly [number, number]>();
  for (let index = 0; index < first.length; index++) {
    const [a, b] = [first[index]!, second[index]!];
    if (a > 0 && b > 0) pairs.set(a * 65536 + b, [a, b]);
  }
  return [...pairs.values()];
}
