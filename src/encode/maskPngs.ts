/** A volume's mask as pictures: one PNG a slice, as a person looks at the slices. */
import { zipSync } from 'fflate';
import { encode } from 'fast-png';
import { sliceFrameOf } from '../domain/sliceFrame';
import { readSliceInto, sliceLayoutOf } from '../domain/sliceLayout';
import type { MaskProvenance } from '../domain/provenance';
import type { Mask } from '../domain/volume';
import { pngText } from './png';

/** @returns a zip of `<stem>.s001.mask.png` …, 8-bit grey, 255 in lesions; slices in the Grid's slice frame */
export function encodeMaskPngs(mask: Mask, stem: string, about: MaskProvenance): Uint8Array {
  const text = pngText([about]);
  const layout = sliceLayoutOf(mask.grid, sliceFrameOf(mask.grid));
  const bytes = Uint8Array.from(mask.labels, (label) => (label > 0 ? 255 : 0));
  const digits = Math.max(3, String(layout.slices).length);
  const files: Record<string, Uint8Array> = {};
  for (let slice = 0; slice < layout.slices; slice++) {
    const data = new Uint8Array(layout.cols * layout.rows);
    readSliceInto(data, bytes, layout, slice);
    const png = encode({ data, width: layout.cols, height: layout.rows, channels: 1, depth: 8, text });
    files[`${stem}.s${String(slice + 1).padStart(digits, '0')}.mask.png`] = new Uint8Array(png);
  }
  return zipSync(files, { level: 0 });
}
