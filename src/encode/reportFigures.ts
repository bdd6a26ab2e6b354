/** A report's pictures: of each lesion its largest slice and the part of it around the lesion. */
import type { Result } from '../domain/exportFormat';
import type { Lesion } from '../domain/volume';
import { escaped, pngUrl } from './html';
import { labelBoxes } from './lesionContours';
import { encodeSlicePng, labelsOfSlice, type Slicing } from './pictures';
import { type Box, pixelRims } from './pixelOutlines';

/** A page of them: more would be many megabytes of what nobody looks through on paper. */
export const mostFigures = 24;

/** Side of the part around a lesion: millimetres of a volume, else this share of the picture. */
const closeUp = { mm: 40, share: 0.25, margin: 1.6 };

/** @returns HTML; lesions in their order, the first `mostFigures` of them */
export function reportFigures({ volume, mask, lesions }: Result, slicing: Slicing): string {
  const shown = lesions.slice(0, mostFigures).map((lesion) => ({ lesion, slice: largestSlice(lesion, slicing) }));
  if (shown.length === 0) return '';
  const slices = [...new Set(shown.map(({ slice }) => slice))];
  const labels = new Map(slices.map((slice) => [slice, labelsOfSlice(mask, slicing, slice)]));
  const images = slices.map((slice) => {
    const [width, height] = sizeOf(slicing);
    const url = pngUrl(encodeSlicePng(volume, slicing, slice));
    return `<image id="slice-${slice + 1}" width="${width}" height="${height}" preserveAspectRatio="none" href="${url}"/>`;
  });
  const figures = shown.map(({ lesion, slice }) => figure(lesion, slice, labels.get(slice)!, slicing));
  return `<svg class="slices" aria-hidden="true"><defs>${images.join('\n')}</defs></svg>
<div class="figures">
${figures.join('\n')}
</div>`;
}

/** From 0, as the frame counts: where it is longest; without millimetres the middle one of its slices. */
export function largestSlice({ extent, slices: [first, last] }: Lesion, { frame, layout }: Slicing): number {
  const index = extent?.diameterSlice ?? Math.floor((first + last) / 2);
  return frame.isFlipped[2] ? layout.slices - 1 - index : index;
}

/** In millimetres, or pixels. */
const sizeOf = ({ layout, pixel }: Slicing) =>
  [layout.cols * pixel[0], layout.rows * pixel[1]].map(short) as [number, number];

function figure(lesion: Lesion, slice: number, labels: Uint16Array, slicing: Slicing): string {
  const { layout } = slicing;
  const boxes = labelBoxes(labels, layout.cols);
  const rims = [...boxes].map(([id, box]) => {
    const path = rimPath((x, y) => labels[x + layout.cols * y] === id, box, slicing);
    return id === lesion.id
      ? `<path class="halo" d="${path}"/><path class="rim" d="${path}"/>`
      : `<path class="other" d="${path}"/>`;
  });
  const [width, height] = sizeOf(slicing);
  const drawn = `<use href="#slice-${slice + 1}"/>${rims.join('')}`;
  const part = boxes.get(lesion.id);
  const name = `Lesion ${lesion.id} in slice ${slice + 1} of ${layout.slices}`;
  const whole = `<svg role="img" aria-label="${escaped(name)}" viewBox="0 0 ${width} ${height}">${drawn}</svg>`;
  const near = part
    ? `<svg role="img" aria-label="${escaped(name)}, enlarged" viewBox="${closeUpBox(part, slicing).join(' ')}">${drawn}</svg>`
    : '';
  return `<figure><div class="pair">${whole}${near}</div><figcaption><strong>${lesion.id}</strong> · slice ${slice + 1} of ${layout.slices}${sizeText(lesion)}</figcaption></figure>`;
}

const sizeText = ({ extent }: Lesion) =>
  extent ? ` · ${extent.longestDiameterMm.toFixed(1)} × ${extent.perpendicularDiameterMm.toFixed(1)} mm` : '';

function rimPath(isMarked: (x: number, y: number) => boolean, box: Box, { pixel }: Slicing): string {
  return pixelRims(isMarked, box)
    .map((rim) => {
      const corners = Array.from({ length: rim.length / 2 }, (_, n) =>
        [rim[2 * n]! * pixel[0], rim[2 * n + 1]! * pixel[1]].map(short).join(' '),
      );
      return `M${corners.join('L')}Z`;
    })
    .join('');
}

/** A square around the lesion's middle: x, y, width, height. */
function closeUpBox({ left, top, right, bottom }: Box, slicing: Slicing): number[] {
  const { pixel, frame } = slicing;
  const [width, height] = [(right - left + 1) * pixel[0], (bottom - top + 1) * pixel[1]];
  const least = frame.plane === 'none' ? Math.min(...sizeOf(slicing)) * closeUp.share : closeUp.mm;
  const side = Math.max(least, closeUp.margin * Math.max(width, height));
  const centre = [left * pixel[0] + width / 2, top * pixel[1] + height / 2];
  return [centre[0]! - side / 2, centre[1]! - side / 2, side, side].map(short);
}

const short = (value: number) => Number(value.toFixed(3));
