/** The frames of a series → its volumes, each of which has every place once. */
import { PipelineFailure } from '../../domain/errors';
import { groupedBy } from '../groupedBy';
import type { Vector } from '../patientSpace';
import { type Distinction, distinctions, type FrameFacts, type FramePlane } from './frame';
import type { Instance } from './instance';
import { areTooFew, geometry, heightOf, normalOf, samePlaceMm, stackOf } from './stack';

export interface Located {
  readonly instance: Instance;
  /** From 0. */
  readonly frame: number;
  readonly facts: FrameFacts;
}

export interface VolumeFrames {
  readonly frames: readonly Located[];
  /** Where the series' other volumes have a frame, and this one none. */
  readonly emptyPlaces: readonly FramePlane[];
  /** In what its slices differ by turns, one after the other: undefined for nothing. */
  readonly alternatesBy?: Distinction;
}

export interface Volumes {
  readonly volumes: readonly VolumeFrames[];
  /** What tells them apart, in words; empty for a single volume. */
  readonly by: readonly string[];
}

/** Direction cosines and relative spacings this close are one: headers round. */
const directionTolerance = 1e-3;
const spacingTolerance = 1e-3;
const echoToleranceMs = 0.1;

const isNear = (a: Vector, b: Vector) => a.every((value, axis) => Math.abs(value - b[axis]!) <= directionTolerance);

/** Frames that differ in one of these are never of one volume. */
const criteria: readonly (readonly [by: string, isSame: (a: Located, b: Located) => boolean])[] = [
  ['whether they have a place', (a, b) => (a.facts.plane === undefined) === (b.facts.plane === undefined)],
  ['matrix', (a, b) => a.instance.rows === b.instance.rows && a.instance.columns === b.instance.columns],
  ['orientation', (a, b) => bothPlanes(a, b, isSameOrientation)],
  ['pixel spacing', (a, b) => bothPlanes(a, b, isSameSpacing)],
  ['magnitude and phase', (a, b) => a.facts.component === b.facts.component],
  ['echo time', (a, b) => Math.abs((a.facts.echoTimeMs ?? 0) - (b.facts.echoTimeMs ?? 0)) <= echoToleranceMs],
];

/**
 * One picture has these throughout. Frames that differ in one are of several volumes where they make stacks that reach into
 * one another, also two of them, half a spacing apart, whose slices lie evenly together; or that together make none.
 */
const throughout: readonly Distinction[] = ['stack', 'contrast agent', 'image type'];

/** Two acquisitions that were set into one another, or one that was made in two turns: nothing says which. */
const alternating: readonly Distinction[] = ['acquisition number', 'acquisition time'];

/** Fewer slices may be by turns by chance. */
const leastAlternating = 6;

const bothPlanes = (a: Located, b: Located, isSame: (a: FramePlane, b: FramePlane) => boolean) =>
  !a.facts.plane || !b.facts.plane || isSame(a.facts.plane, b.facts.plane);

const isSameOrientation = (a: FramePlane, b: FramePlane) =>
  isNear(a.alongRow, b.alongRow) && isNear(a.alongColumn, b.alongColumn);

const isSameSpacing = (a: FramePlane, b: FramePlane) =>
  a.pixelSpacing.every((mm, n) => Math.abs(mm - b.pixelSpacing[n]!) <= spacingTolerance * mm);

/**
 * @param frames  of one series, in the order of their numbers
 * @throws PipelineFailure 'slice-geometry' if several frames lie at one place, and nothing tells them apart
 */
export function volumesOf(frames: readonly Located[]): Volumes {
  const by = new Set<string>();
  let parts: readonly (readonly Located[])[] = [frames];
  for (const [name, isSame] of criteria) {
    const finer = parts.flatMap((part) => clusters(part, isSame));
    if (finer.length > parts.length) by.add(name);
    parts = finer;
  }
  for (const distinction of throughout) {
    const finer = parts.flatMap((part) => stacksApart(part, distinction));
    if (finer.length > parts.length) by.add(distinction);
    parts = finer;
  }
  const volumes = parts.flatMap((part) => separated(part, by)).map(withAlternation);
  return { volumes, by: [...by] };
}

function stacksApart(frames: readonly Located[], distinction: Distinction): readonly (readonly Located[])[] {
  if (frames[0]!.facts.plane === undefined) return [frames];
  const parts = groupedBy(frames, ({ facts }) => facts.distinctions[distinction]);
  if (parts.length < 2 || !parts.every(isStack)) return [frames];
  if (!isStack(frames)) return parts;
  const normal = normalOf(frames[0]!.facts.plane);
  const ranges = parts.map((part) => part.map(({ facts }) => heightOf(facts.plane!, normal)));
  const reach = ranges.map((heights) => [Math.min(...heights), Math.max(...heights)] as const);
  const sorted = reach.sort((a, b) => a[0] - b[0]);
  return sorted.some(([low], n) => n > 0 && low < sorted[n - 1]![1] - samePlaceMm) ? parts : [frames];
}

function isStack(frames: readonly Located[]): boolean {
  const places = placesOf(frames).map(([first]) => ({ plane: first!.facts.plane! }));
  if (places.length < 2) return false;
  try {
    stackOf(places);
    return true;
  } catch (thrown) {
    if (thrown instanceof PipelineFailure) return false;
    throw thrown;
  }
}

function withAlternation(volume: VolumeFrames): VolumeFrames {
  const { frames } = volume;
  if (frames.length < leastAlternating || frames[0]!.facts.plane === undefined) return volume;
  const inOrder = placesOf(frames).map(([first]) => first!.facts.distinctions);
  const alternatesBy = alternating.find((distinction) => {
    const [first, second] = inOrder.map((one) => one[distinction]);
    const isKnown = first !== undefined && second !== undefined && first !== second;
    return isKnown && inOrder.every((one, n) => one[distinction] === (n % 2 === 0 ? first : second));
  });
  return alternatesBy === undefined ? volume : { ...volume, alternatesBy };
}

function clusters(frames: readonly Located[], isSame: (a: Located, b: Located) => boolean): Located[][] {
  const found: Located[][] = [];
  for (const frame of frames) {
    const cluster = found.find(([first]) => isSame(first!, frame));
    if (cluster) cluster.push(frame);
    else found.push([frame]);
  }
  return found;
}

/** What their headers say, else the instance: one of many frames holds a volume, whatever others hold beside it. */
const apart: readonly (readonly [by: string, valueOf: (frame: Located) => unknown])[] = [
  ...distinctions.map((name) => [name, ({ facts }: Located) => facts.distinctions[name]] as const),
  ['the files they are in', ({ instance }) => instance],
];

/** Splits by the first attribute that leaves fewer frames at each place, until each place has one. */
function separated(frames: readonly Located[], by: Set<string>): readonly VolumeFrames[] {
  const whole = { frames, emptyPlaces: [] };
  if (frames.length === 1 || frames[0]!.facts.plane === undefined) return [whole];
  const places = placesOf(frames);
  const most = Math.max(...places.map((place) => place.length));
  if (most === 1) return [whole];
  for (const [name, valueOf] of apart) {
    const parts = groupedBy(frames, valueOf);
    // Many attributes (times of acquisition) differ from slice to slice: those tell no volumes apart.
    if (parts.length < 2 || parts.length > most) continue;
    if (parts.some((part) => Math.max(...placesOf(part).map((place) => place.length)) >= most)) continue;
    by.add(name);
    return parts.flatMap((part) => separated(part, by));
  }
  const volumes = byNumber(frames, places, most);
  if (!volumes) throw geometry('several lie at the same place, and nothing in their headers tells them apart');
  by.add('the order of their numbers');
  return volumes;
}

/**
 * What is left is their order. As many frames at each place: the n-th of each are one volume. Else (a run that was broken
 * off, files that are lost) the numbers must run through the places again and again, always in one direction.
 *
 * @returns undefined where the order does not say it
 */
function byNumber(
  frames: readonly Located[],
  places: readonly (readonly Located[])[],
  most: number,
): readonly VolumeFrames[] | undefined {
  if (!areNumbered(frames)) return undefined;
  if (places.every((place) => place.length === most)) {
    return Array.from({ length: most }, (_, n) => ({ frames: places.map((place) => place[n]!), emptyPlaces: [] }));
  }
  const indexOf = new Map(places.flatMap((place, index) => place.map((frame) => [frame, index] as const)));
  const ways = [1, -1].map((direction) =>
    runs(frames, (before, next) => direction * (indexOf.get(next)! - indexOf.get(before)!) > 0),
  );
  const passes = ways.find((way) => way.length === most && isRunThrough(way, places.length));
  return passes?.map((pass) => {
    const own = new Set(pass.map((frame) => indexOf.get(frame)));
    const others = places.filter((_, index) => !own.has(index));
    return { frames: pass, emptyPlaces: others.flatMap(([first]) => first!.facts.plane ?? []) };
  });
}

/** Where images have one number, only the names of their files would be left, which say nothing. */
const areNumbered = (frames: readonly Located[]) =>
  frames.slice(1).every(({ instance }, n) => {
    const before = frames[n]!.instance;
    return instance === before || instance.instanceNumber !== before.instanceNumber;
  });

/** Only the last of several may be short; one slice that was measured once more is no second pass. */
const isRunThrough = (passes: readonly (readonly Located[])[], placeCount: number) =>
  passes.slice(0, -1).every(({ length }) => !areTooFew(length, placeCount - length)) &&
  (passes.length > 2 || 2 * passes.at(-1)!.length >= placeCount);

/** Cuts a list wherever an element does not follow on the one before. */
function runs<T>(elements: readonly T[], followsOn: (before: T, next: T) => boolean): T[][] {
  const found: T[][] = [];
  for (const [n, element] of elements.entries()) {
    if (n > 0 && followsOn(elements[n - 1]!, element)) found.at(-1)!.push(element);
    else found.push([element]);
  }
  return found;
}

/** Frames by their place along the normal, each place in the order given. */
function placesOf(frames: readonly Located[]): Located[][] {
  const normal = normalOf(frames[0]!.facts.plane!);
  const heights = frames
    .map((frame) => ({ frame, height: heightOf(frame.facts.plane!, normal) }))
    .sort((a, b) => a.height - b.height);
  const places: Located[][] = [];
  let before = -Infinity;
  for (const { frame, height } of heights) {
    if (height - before > samePlaceMm) places.push([frame]);
    else places.at(-1)!.push(frame);
    before = height;
  }
  return places;
}
