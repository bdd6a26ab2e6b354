/** Which lesions of several networks are the same place, and how far they agree on it. */
import type { Lesion, Mask } from './volume';

/** What one network marked; all on one Grid. */
export interface Marked {
  readonly mask: Mask;
  readonly lesions: readonly Lesion[];
}

/** Every lesion that shares a voxel with another of the place, whichever network marked it. */
export interface Place {
  /** 1 for the place of the largest lesion, then descending. */
  readonly id: number;
  /** Network by network, by its index, each by descending size. */
  readonly members: readonly { readonly network: number; readonly lesion: Lesion }[];
  /** Dice of the voxels of each two networks that share some in this place, above 0 to 1. */
  readonly overlaps: readonly Overlap[];
}

export interface Overlap {
  readonly networks: readonly [first: number, second: number];
  readonly dice: number;
}

/** What the other networks make of one's lesions. */
export interface Agreement {
  /** Ids of the models that it is compared with. */
  readonly comparedWith: readonly string[];
  /** By the lesion's id. */
  readonly lesions: ReadonlyMap<number, LesionAgreement>;
}

export interface LesionAgreement {
  /** Of its Place: the same number in all networks' tables. */
  readonly place: number;
  /** Ids of the models that marked the place, its own first. */
  readonly foundBy: readonly string[];
  /** Dice with each of the others in `foundBy`, in their order; 0 where only a third one joins them. */
  readonly overlaps: readonly number[];
}

export function placesOf(networks: readonly Marked[]): readonly Place[] {
  const members = networks.flatMap(({ lesions }, network) => lesions.map((lesion) => ({ network, lesion })));
  const leader = members.map((_, index) => index);
  const find = (index: number): number => (leader[index] === index ? index : find(leader[index]!));

  // Places in `members` by network and label; label 0 is background.
  const places = networks.map(() => new Map<number, number>());
  members.forEach(({ network, lesion }, index) => places[network]!.set(lesion.id, index));
  const shared: { readonly at: number; readonly networks: Overlap['networks']; readonly voxelCount: number }[] = [];
  networks.forEach((first, a) => {
    networks.slice(a + 1).forEach((second, n) => {
      const b = a + 1 + n;
      for (const pair of sharedVoxels(first.mask.labels, second.mask.labels)) {
        const [at, other] = [places[a]!.get(pair.a), places[b]!.get(pair.b)];
        if (at === undefined || other === undefined) continue;
        leader[find(at)] = find(other);
        shared.push({ at, networks: [a, b], voxelCount: pair.voxelCount });
      }
    });
  });

  const groups = new Map<number, Place['members'][number][]>();
  members.forEach((member, index) => {
    const group = groups.get(find(index));
    if (group) group.push(member);
    else groups.set(find(index), [member]);
  });
  return [...groups]
    .map(([root, group]) => ({
      members: group,
      overlaps: overlapsOf(
        group,
        shared.filter(({ at }) => find(at) === root),
      ),
    })) // prettier-ignore
    .sort((a, b) => largest(b.members) - largest(a.members))
    .map((group, index) => ({ id: index + 1, ...group }));
}

const largest = (members: Place['members']) => Math.max(...members.map(({ lesion }) => lesion.voxelCount));

function overlapsOf(
  members: Place['members'],
  shared: readonly { readonly networks: Overlap['networks']; readonly voxelCount: number }[],
): readonly Overlap[] {
  const counts = new Map<string, { readonly networks: Overlap['networks']; voxelCount: number }>();
  for (const { networks, voxelCount } of shared) {
    const count = counts.get(networks.join());
    if (count) count.voxelCount += voxelCount;
    else counts.set(networks.join(), { networks, voxelCount });
  }
  return [...counts.values()].map(({ networks, voxelCount }) => {
    const own = members.filter(({ network }) => networks.includes(network));
    return { networks, dice: (2 * voxelCount) / own.reduce((sum, { lesion }) => sum + lesion.voxelCount, 0) };
  });
}

/** Pairs of labels that share voxels, each once, and how many. */
function sharedVoxels(first: Uint16Array, second: Uint16Array) {
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

/**
 * What is written beside one network's lesions.
 *
 * @param own     index of the network
 * @param models  ids of all networks' models, in their order
 * @returns undefined where no other network has looked
 */
export function agreementOf(places: readonly Place[], own: number, models: readonly string[]): Agreement | undefined {
  if (models.length < 2) return undefined;
  const lesions = places.flatMap(({ id, members, overlaps }) => {
    const others = [...new Set(members.map(({ network }) => network))].filter((network) => network !== own);
    const agreement = {
      place: id,
      foundBy: [own, ...others].map((network) => models[network]!),
      overlaps: others.map(
        (other) => overlaps.find(({ networks }) => networks.includes(own) && networks.includes(other))?.dice ?? 0,
      ),
    };
    return members.flatMap(({ network, lesion }) => (network === own ? [[lesion.id, agreement] as const] : []));
  });
  return { comparedWith: models.filter((_, network) => network !== own), lesions: new Map(lesions) };
}
