/** What a person decided on lesions. A decision belongs to a place, so that it outlives a moved threshold. */
import type { Lesion, Mask, ProbabilityMap } from '../domain/volume';
import type { Architecture } from '../models/manifest';

export type Verdict = 'accepted' | 'rejected';

export interface Decision {
  readonly architecture: Architecture;
  readonly verdict: Verdict;
  /** The voxel where the lesion's probability is highest: whatever the threshold, it is in the same lesion. */
  readonly peak: number;
  /** Peaks of the network's other lesions when it was decided: a lesion that has swallowed one of them is another lesion. */
  readonly others: readonly number[];
}

/** The first voxel of highest probability of each lesion, by the lesion's id. */
export function peaksOf({ labels }: Mask, { probabilities }: ProbabilityMap): ReadonlyMap<number, number> {
  const peaks = new Map<number, number>();
  for (let voxel = 0; voxel < labels.length; voxel++) {
    const id = labels[voxel]!;
    if (id === 0) continue;
    const peak = peaks.get(id);
    if (peak === undefined || probabilities[voxel]! > probabilities[peak]!) peaks.set(id, voxel);
  }
  return peaks;
}

/** What was decided on the lesions of one network's mask, by their ids. */
export function verdictsOf(
  decisions: readonly Decision[],
  architecture: Architecture,
  { labels }: Mask,
): ReadonlyMap<number, Verdict> {
  const own = decisions.filter((one) => one.architecture === architecture);
  const verdictAt = new Map(own.map(({ peak, verdict }) => [peak, verdict]));
  const verdicts = new Map<number, Verdict>();
  for (const { peak, verdict, others } of own) {
    const id = labels[peak]!;
    const isSwallowed = others.some((other) => labels[other] === id && verdictAt.get(other) !== verdict);
    if (id > 0 && !isSwallowed) verdicts.set(id, verdict);
  }
  return verdicts;
}

/** The decisions with one more on a lesion, in place of an earlier one. @param verdict  undefined takes it back */
export function decide(
  decisions: readonly Decision[],
  architecture: Architecture,
  lesion: Lesion,
  { mask, map }: { readonly mask: Mask; readonly map: ProbabilityMap },
  verdict: Verdict | undefined,
): readonly Decision[] {
  const kept = decisions.filter((one) => one.architecture !== architecture || mask.labels[one.peak] !== lesion.id);
  const peaks = peaksOf(mask, map);
  const peak = peaks.get(lesion.id);
  if (verdict === undefined || peak === undefined) return kept;
  return [...kept, { architecture, verdict, peak, others: [...peaks.values()].filter((other) => other !== peak) }];
}

/** Labels (of a mask or of one slice of it) with some lesions made background; the same array if there are none. */
export function withoutLesions(labels: Uint16Array, ids: ReadonlySet<number>): Uint16Array {
  return ids.size === 0 ? labels : labels.map((label) => (ids.has(label) ? 0 : label));
}

/** The other way round. */
export function onlyLesions(labels: Uint16Array, ids: ReadonlySet<number>): Uint16Array {
  return labels.map((label) => (ids.has(label) ? label : 0));
}
