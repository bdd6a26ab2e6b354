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
  /** Dice of the two networks' voxels in this place, 0 to 1; undefined where only one network marked it. */
  readonly overlap: number | undefined;
}

/** Groups of the lesions of one or two networks on one Grid. */
export function groupLesions(networks: readonly NetworkLesions[]): readonly LesionGroup[] {
  const members = networks.flatMap(({ architecture, lesions }) => lesions.map((lesion) => ({ architecture, lesion })));
  const leader = members.map((_, index) => index);
  const find = (index: number): number => (leader[index] === index ? index : find(leader[index]!));

  const [first, second] = networks;
  const pairs: { readonly at: number; readonly voxelCount: number }[] = [];
  if (first && second) {
    // Places in `members` by label; label 0 is background.
    const firstAt = new Map(first.lesions.map(({ id }, index) => [id, index]));
    const secondAt = new Map(second.lesions.map(({ id }, index) => [id, first.lesions.length + index]));
    for (const { a, b, voxelCount } of overlaps(first.mask.labels, second.mask.labels)) {
      const [at, other] = [firstAt.get(a), secondAt.get(b)];
      if (at === undefined || other === undefined) continue;
      leader[find(at)] = find(other);
      pairs.push({ at, voxelCount });
    }
  }

  const groups = new Map<number, NetworkLesion[]>();
  members.forEach((member, index) => {
    const group = groups.get(find(index));
    if (group) group.push(member);
    else groups.set(find(index), [member]);
  });
  const shared = new Map<number, number>();
  for (const { at, voxelCount } of pairs) shared.set(find(at), (shared.get(find(at)) ?? 0) + voxelCount);
  return [...groups]
    .map(([root, group]) => ({ members: group, overlap: dice(shared.get(root), group) }))
    .sort((a, b) => largest(b.members) - largest(a.members))
    .map((group, index) => ({ id: index + 1, ...group }));
}

const largest = (members: readonly NetworkLesion[]) => Math.max(...members.map(({ lesion }) => lesion.voxelCount));

function dice(shared: number | undefined, members: readonly NetworkLesion[]): number | undefined {
  return shared && (2 * shared) / members.reduce((sum, { lesion }) => sum + lesion.voxelCount, 0);
}

/** Pairs of labels that share voxels, each once, and how many. */
function overlaps(first: Uint16Array, second: Uint16Array) {
  const pairs = new Map<number, { readonly a: number; readonly b: number; voxelCount: number }>();
  for (let index = 0; index < first.length; index++) {
    const [a, b] = [first[index]!, second[index]!];
    if (a === 0 || b === 0) continue;
    const pair = pairs.get(a * 65536 + b);
    if (pair) pair.voxelCount++;
    else pairs.set(a * 65536 + b, { a, b, voxelCount: 1 });
  }
  return [...pairs.values()];
}
