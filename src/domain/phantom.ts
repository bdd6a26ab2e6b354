/**
 * A drawn head, for trying the page without a patient: an axial slice through the lateral ventricles as T1 with
 * contrast agent shows it, with three lesions. No part of it comes from an image.
 *
 * Only + − × ÷ and √ are used, which every engine rounds alike: the bytes are the same everywhere.
 */
import type { Volume } from './volume';

const COLS = 288;
const ROWS = 320;
/** Centre of the head. */
const CENTRE = { x: 144, y: 161 };
/** Half axes of the skin, in pixels. */
const HEAD = { x: 112, y: 141 };

export interface PhantomLesion {
  /** Pixel place: column and row of the drawing. */
  readonly i: number;
  readonly j: number;
  readonly radiusPx: number;
  /** A ring has a dark core, as necrosis does. */
  readonly kind: 'ring' | 'solid';
}

export const phantomLesions: readonly PhantomLesion[] = [
  { i: 196, j: 104, radiusPx: 14, kind: 'ring' },
  { i: 88, j: 196, radiusPx: 8, kind: 'solid' },
  { i: 198, j: 184, radiusPx: 5, kind: 'solid' },
];

/** Grey levels of the tissues, 0 to 255. */
const level = {
  skin: 105,
  fat: 205,
  compactBone: 22,
  marrow: 92,
  dura: 96,
  fluid: 30,
  grey: 76,
  deepGrey: 87,
  white: 98,
  vessel: 185,
  plexus: 112,
  oedema: 80,
  lesion: 205,
  necrosis: 48,
} as const;

/** One slice of 288 × 320 pixels, whole numbers 0..255; the same at every call. */
export function drawPhantom(): Volume {
  const sharp = new Float32Array(COLS * ROWS);
  for (let j = 0; j < ROWS; j++) {
    for (let i = 0; i < COLS; i++) sharp[i + COLS * j] = paintedAt(i, j);
  }
  return {
    grid: { dims: [COLS, ROWS, 1], space: { kind: 'pixels' } },
    intensities: scanned(sharp),
    isEightBit: true,
    origin: { kind: 'picture' },
    sequence: 'unknown',
    warnings: [],
  };
}

/** Tissue level at a pixel, without blur and noise. Later layers lie over earlier ones. */
function paintedAt(i: number, j: number): number {
  const x = i - CENTRE.x;
  const y = j - CENTRE.y;
  // The head is broader behind than in front, and no perfect ellipse.
  const breadth = HEAD.x * (1 + 0.07 * (y / HEAD.y));
  const radius = Math.sqrt((x / breadth) ** 2 + (y / HEAD.y) ** 2) + 0.012 * noise(i / 45, j / 45, 1);
  /** Roughly pixels under the skin. */
  const depth = (1 - radius) * 126;
  if (depth < 0) return 0;
  return depth < 25 ? coveringsAt(depth, i, j) : brainAt(x, y, depth - 25, i, j);
}

/** Skin, fat, bone, dura, and the fluid over the brain. */
function coveringsAt(depth: number, i: number, j: number): number {
  const wave = 1.5 * noise(i / 22, j / 22, 2);
  if (depth < 2.5) return level.skin;
  if (depth < 8 + wave) return level.fat + 25 * noise(i / 5, j / 5, 3);
  if (depth < 10.5 + wave) return level.compactBone;
  if (depth < 15.5 + wave) return level.marrow + 14 * noise(i / 6, j / 6, 4);
  if (depth < 19) return level.compactBone;
  if (depth < 20.5) return level.dura + 20 * noise(i / 12, j / 12, 5);
  return level.fluid + 12 * noise(i / 4, j / 4, 6);
}

/** `depth`: pixels under the brain's surface. */
function brainAt(x: number, y: number, depth: number, i: number, j: number): number {
  let value = cortexAt(depth, i, j);
  for (const { kind, shape } of structures) {
    const inside = cover(shape, x, y);
    if (inside > 0) value += (level[kind] - value) * inside;
  }
  for (const lesion of phantomLesions) value = withLesion(value, lesion, i, j);
  return value;
}

/** White matter under folded grey matter: the folds are the zero lines of a warped noise, and end where white begins. */
function cortexAt(depth: number, i: number, j: number): number {
  const warp = 6 * noise(i / 19, j / 19, 7);
  const fold = Math.abs(noise((i + warp) / 11, (j - warp) / 11, 8));
  const reach = clamp01(1 - depth / (26 + 8 * noise(i / 30, j / 30, 19)));
  if (depth < 1.5) return level.fluid + 14;
  const white = level.white + 4 * noise(i / 9, j / 9, 10);
  const isGrey = clamp01((0.34 * Math.min(1, 2.5 * reach) - fold) / 0.06 + clamp01(4 - depth));
  const grey = white + (level.grey - white) * Math.min(1, isGrey);
  return grey + (level.fluid + 8 - grey) * clamp01((0.13 * reach - fold) / 0.05);
}

interface Ellipse {
  readonly x: number;
  readonly y: number;
  readonly halfX: number;
  readonly halfY: number;
  /** Tangent of the tilt; positive leans the upper end to +x. */
  readonly lean: number;
}

const ellipse = (x: number, y: number, halfX: number, halfY: number, lean = 0): Ellipse => ({ x, y, halfX, halfY, lean }); // prettier-ignore

/** The same on the patient's right and left. */
const pair = (kind: keyof typeof level, shape: Ellipse) => [
  { kind, shape },
  { kind, shape: { ...shape, x: -shape.x, lean: -shape.lean } },
];

/** Places relative to the head's centre, y down; in the order of drawing. */
const structures: readonly { readonly kind: keyof typeof level; readonly shape: Ellipse }[] = [
  ...pair('deepGrey', ellipse(37, -4, 8, 21, -0.25)), // lentiform nucleus
  ...pair('deepGrey', ellipse(14, 13, 10, 14, 0.2)), // thalamus
  ...pair('deepGrey', ellipse(21, -30, 6, 12, 0.3)), // head of the caudate nucleus
  ...pair('fluid', ellipse(10, -28, 5.5, 19, 0.3)), // anterior horn
  ...pair('fluid', ellipse(26, 47, 6, 19, -0.3)), // posterior horn
  ...pair('fluid', ellipse(69, -8, 16, 1.9)), // Sylvian fissure
  { kind: 'fluid', shape: ellipse(0, 10, 2.2, 13) }, // third ventricle
  { kind: 'fluid', shape: ellipse(0, -84, 2.6, 34) }, // interhemispheric fissure
  { kind: 'fluid', shape: ellipse(0, 86, 2.6, 34) },
  { kind: 'dura', shape: ellipse(0, -84, 0.9, 38) }, // falx
  { kind: 'dura', shape: ellipse(0, 86, 0.9, 38) },
  ...pair('plexus', ellipse(25, 45, 2.6, 8, -0.3)), // choroid plexus
  ...pair('vessel', ellipse(62, -9, 1.4, 1.4)), // middle cerebral branches
  ...pair('vessel', ellipse(76, -7, 1.3, 1.3)),
  ...pair('vessel', ellipse(2.6, 30, 1.2, 3)), // internal cerebral veins
  { kind: 'vessel', shape: ellipse(0, 42, 1.8, 3) }, // great cerebral vein
  { kind: 'vessel', shape: ellipse(0, 112, 3.2, 5) }, // superior sagittal sinus
  { kind: 'vessel', shape: ellipse(0, -112, 1.8, 2.5) },
];

/** Share of a pixel inside an ellipse, 0 to 1, with an edge about a pixel wide. */
function cover({ x, y, halfX, halfY, lean }: Ellipse, atX: number, atY: number): number {
  const dy = atY - y;
  const dx = atX - x + lean * dy;
  const radius = Math.sqrt((dx / halfX) ** 2 + (dy / halfY) ** 2);
  return clamp01((1 - radius) * Math.min(halfX, halfY) + 0.5);
}

/** Oedema around, an enhancing body of uneven outline, and the dark core of a ring. */
function withLesion(value: number, { i: li, j: lj, radiusPx, kind }: PhantomLesion, i: number, j: number): number {
  const dx = i - li;
  const dy = j - lj;
  if (Math.abs(dx) > 2 * radiusPx || Math.abs(dy) > 2 * radiusPx) return value;
  const distance = Math.sqrt(dx * dx + dy * dy) + 0.12 * radiusPx * noise(i / 6, j / 6, 11);
  const oedema = value + (level.oedema - value) * 0.7 * clamp01((1.75 * radiusPx - distance) / 4);
  const body = level.lesion + 14 * noise(i / 4, j / 4, 12);
  const enhancing = oedema + (body - oedema) * clamp01(radiusPx - distance + 0.5);
  if (kind === 'solid') return enhancing;
  const core = level.necrosis + 10 * noise(i / 4, j / 4, 13);
  return enhancing + (core - enhancing) * clamp01(0.66 * radiusPx - distance + 0.5);
}

/** What the scanner adds: blur of about a pixel, a brighter rim near the coil, and grain, also in the air. */
function scanned(sharp: Float32Array): Float32Array {
  const bytes = new Float32Array(sharp.length);
  const at = (i: number, j: number) =>
    sharp[Math.min(COLS - 1, Math.max(0, i)) + COLS * Math.min(ROWS - 1, Math.max(0, j))]!;
  for (let j = 0; j < ROWS; j++) {
    for (let i = 0; i < COLS; i++) {
      let sum = 0;
      for (const [dj, weightJ] of kernel) {
        for (const [di, weightI] of kernel) sum += weightI * weightJ * at(i + di, j + dj);
      }
      const offCentre = ((i - CENTRE.x) / COLS) ** 2 + ((j - CENTRE.y) / ROWS) ** 2;
      const signal = (sum / 16) * (0.95 + 0.35 * offCentre);
      const grain = 3 * (randomAt(i, j, 14) + randomAt(i, j, 15) + randomAt(i, j, 16));
      const other = 3 * (randomAt(i, j, 17) + randomAt(i, j, 18));
      // A magnitude image: noise of two channels, never negative (Rice).
      bytes[i + COLS * j] = Math.min(255, Math.floor(Math.sqrt((signal + grain) ** 2 + other ** 2) + 0.5));
    }
  }
  return bytes;
}

/** Binomial, by offset; sums to 4. */
const kernel = [
  [-1, 1],
  [0, 2],
  [1, 1],
] as const;

const clamp01 = (value: number) => Math.min(1, Math.max(0, value));

/** Smooth noise, −1 to 1: random values at whole numbers, blended between them. `field` names independent fields. */
function noise(x: number, y: number, field: number): number {
  const i = Math.floor(x);
  const j = Math.floor(y);
  const u = smooth(x - i);
  const v = smooth(y - j);
  const above = randomAt(i, j, field) * (1 - u) + randomAt(i + 1, j, field) * u;
  const below = randomAt(i, j + 1, field) * (1 - u) + randomAt(i + 1, j + 1, field) * u;
  return above * (1 - v) + below * v;
}

const smooth = (t: number) => t * t * (3 - 2 * t);

/** −1 to 1 from three whole numbers, by the finalizer of MurmurHash3. */
function randomAt(i: number, j: number, field: number): number {
  let hash = Math.imul(i, 0x27d4eb2d) ^ Math.imul(j, 0x165667b1) ^ Math.imul(field, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2147483648 - 1;
}
