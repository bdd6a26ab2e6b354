/** What the networks say of a file, as a person has reviewed it. */
import type { MaskProvenance } from '../domain/provenance';
import type { Lesion, Mask } from '../domain/volume';
import type { MaskLayer, Rgb } from '../display/overlay';
import { sliceOf, type Slicing } from '../display/slicing';
import type { Architecture } from '../models/manifest';
import { maskProvenance } from '../models/maskProvenance';
import type { LesionGroup } from './agreement';
import { onlyLesions, verdictsOf, withoutLesions, type Decision, type Verdict } from './decisions';
import type { Finding, Segmented } from './Finding.svelte';
import { networkFacts } from './networkChoice';
import { programVersion } from './programVersion';

export interface Answer {
  readonly architecture: Architecture;
  readonly segmented: Segmented;
  /** By the lesion's id; what nobody decided on is left out. */
  readonly verdicts: ReadonlyMap<number, Verdict>;
  readonly rejected: ReadonlySet<number>;
  /** Without the rejected ones, numbered as they were found. */
  readonly lesions: readonly Lesion[];
}

export function answersOf(findings: readonly Finding[], decisions: readonly Decision[]): readonly Answer[] {
  return findings.flatMap(({ architecture, state }) => {
    if (state.kind !== 'segmented') return [];
    const verdicts = verdictsOf(decisions, architecture, state.outline.mask);
    const rejected = new Set([...verdicts].flatMap(([id, verdict]) => (verdict === 'rejected' ? [id] : [])));
    const lesions = state.outline.lesions.filter(({ id }) => !rejected.has(id));
    return [{ architecture, segmented: state, verdicts, rejected, lesions }];
  });
}

/** Of a place: what was decided on all of its lesions alike. */
export function verdictOn({ members }: LesionGroup, answers: readonly Answer[]): Verdict | undefined {
  const verdicts = members.map(({ architecture, lesion }) =>
    answers.find((answer) => answer.architecture === architecture)?.verdicts.get(lesion.id),
  );
  return verdicts.every((verdict) => verdict === verdicts[0]) ? verdicts[0] : undefined;
}

/** How its mask came about. */
export function provenanceOf({ segmented, rejected }: Answer): MaskProvenance {
  const { manifest, isTriPlanar, backend, outline } = segmented;
  const { rule, mask } = outline;
  return maskProvenance({
    ...{ manifest, rule, grid: mask.grid, backend, isTriPlanar, version: programVersion },
    rejectedCount: rejected.size,
  });
}

/** The mask that leaves the program. */
export function reviewedMask({ segmented, rejected }: Answer): Mask {
  const { mask } = segmented.outline;
  return { grid: mask.grid, labels: withoutLesions(mask.labels, rejected) };
}

/** One network's mask of slice `k`, as it is drawn. */
export function maskLayer({ architecture, segmented, rejected }: Answer, slicing: Slicing, k: number): MaskLayer {
  const { colour, isDashed } = networkFacts[architecture];
  return { labels: withoutLesions(sliceOf(segmented.outline.mask.labels, slicing, k), rejected), colour, isDashed };
}

/** Beside the picture's greys and both networks' colours. */
const rejectedColour: Rgb = [0xe0, 0x8c, 0xf0];

/** What a person has rejected: on screen only. */
export function rejectedLayer({ segmented, rejected }: Answer, slicing: Slicing, k: number): MaskLayer {
  const labels = onlyLesions(sliceOf(segmented.outline.mask.labels, slicing, k), rejected);
  return { labels, colour: rejectedColour, isDashed: true };
}

/** Slices in which a network that is still at work has marked anything. */
export function provisionalMarks({ state }: Finding, threshold: number): readonly number[] {
  if (state.kind !== 'segmenting') return [];
  const limit = Math.fround(threshold);
  return state.partials.filter(({ highest }) => highest >= limit).map(({ slice }) => slice);
}

/** What a network that is still at work has marked in slice `k`, before lesions are counted; undefined if it was not there yet. */
export function provisionalLayer(
  { architecture, state }: Finding,
  threshold: number,
  k: number,
): MaskLayer | undefined {
  const partial = state.kind === 'segmenting' ? state.partials.find(({ slice }) => slice === k) : undefined;
  if (!partial) return undefined;
  const limit = Math.ceil(255 * threshold);
  const labels = Uint16Array.from(partial.bytes, (byte) => (byte >= limit ? 1 : 0));
  return { labels, colour: networkFacts[architecture].colour, isDashed: true };
}
