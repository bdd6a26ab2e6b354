/** Masks painted into pixels: for the downloaded picture, and for the fill on screen. */
import type { Picture } from './paint';

export type Rgb = readonly [red: number, green: number, blue: number];

/** One network's mask of one slice and how its outline is drawn. */
export interface MaskLayer {
  /** 0 background; `width × height` values, row by row. */
  readonly labels: Uint16Array;
  readonly colour: Rgb;
  readonly isDashed: boolean;
}

export type OverlayStyle = 'outline' | 'fill';

/** Where two networks agree. */
export const agreementColour: Rgb = [255, 255, 255];

/** Share of colour in a filled pixel at full opacity: the tissue stays visible. */
export const fillShare = 0.35;

/** Pixels of a dash and of the gap after it. */
const dashPx = { on: 3, period: 5 };

/** The mask's pixels that touch (by an edge) what is not mask, or the picture's border. */
export function boundaryPixels(labels: Uint16Array, width: number, height: number): Uint8Array {
  const boundary = new Uint8Array(labels.length);
  const isMask = (row: number, col: number) =>
    row >= 0 && col >= 0 && row < height && col < width && labels[row * width + col]! > 0;
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      if (!isMask(row, col)) continue;
      const isInside = isMask(row - 1, col) && isMask(row + 1, col) && isMask(row, col - 1) && isMask(row, col + 1);
      if (!isInside) boundary[row * width + col] = 1;
    }
  }
  return boundary;
}

/** Pixels that every layer marks. */
export function agreement(layers: readonly MaskLayer[]): Uint16Array {
  const [first, ...others] = layers;
  if (!first) return new Uint16Array(0);
  return first.labels.map((label, index) => (label > 0 && others.every((other) => other.labels[index]! > 0) ? 1 : 0));
}

/** What each layer marks and not every other one does too. */
export function disagreement(layers: readonly MaskLayer[]): readonly MaskLayer[] {
  if (layers.length < 2) return layers;
  const shared = agreement(layers);
  return layers.map((layer) => ({
    ...layer,
    labels: layer.labels.map((label, index) => (shared[index]! > 0 ? 0 : label)),
  }));
}

function blendInto(rgba: Uint8ClampedArray, index: number, colour: Rgb, share: number) {
  for (let channel = 0; channel < 3; channel++) {
    const at = 4 * index + channel;
    rgba[at] = rgba[at]! * (1 - share) + colour[channel]! * share;
  }
}

/** The layers as drawn: with two networks, a third one (white, solid) for what both mark. */
export function withAgreement(layers: readonly MaskLayer[]): readonly MaskLayer[] {
  if (layers.length < 2) return layers;
  return [...layers, { labels: agreement(layers), colour: agreementColour, isDashed: false }];
}

/**
 * A copy of the picture, of the same size, with the masks on it.
 *
 * @param opacity  0 to 1
 */
export function paintOverlay(
  { width, height, rgba }: Picture,
  layers: readonly MaskLayer[],
  style: OverlayStyle,
  opacity: number,
): Picture {
  const painted = new Uint8ClampedArray(rgba);
  for (const { labels, colour, isDashed } of withAgreement(layers)) {
    if (style === 'fill') {
      for (let index = 0; index < labels.length; index++) {
        if (labels[index]! > 0) blendInto(painted, index, colour, fillShare * opacity);
      }
    }
    const boundary = boundaryPixels(labels, width, height);
    for (let index = 0; index < boundary.length; index++) {
      const isGap = isDashed && ((index % width) + Math.floor(index / width)) % dashPx.period >= dashPx.on;
      if (boundary[index] === 1 && !isGap) blendInto(painted, index, colour, opacity);
    }
  }
  return { width, height, rgba: painted };
}

/** The fill alone, for a layer over the picture: transparent where nothing is marked. */
export function paintFill(layers: readonly MaskLayer[], width: number, height: number): Picture {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (const { labels, colour } of withAgreement(layers)) {
    for (let index = 0; index < labels.length; index++) {
      if (labels[index]! === 0) continue;
      rgba.set(colour, 4 * index);
      rgba[4 * index + 3] = 255 * fillShare;
    }
  }
  return { width, height, rgba };
}
