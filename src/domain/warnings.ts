/** Readable oddities: they travel with the value, and never stop a job. */

export type Warning =
  /** Colour with different channels was reduced to luminance (ITU-R BT.601). */
  | { readonly code: 'colour-reduced' }
  /** Transparency was ignored; the stored values under it were used. */
  | { readonly code: 'alpha-ignored' }
  /** All voxels have one value: nothing can be found in it. */
  | { readonly code: 'uniform-image'; readonly value: number }
  /** A multi-page file was read as the slices of one stack. */
  | { readonly code: 'pages-as-slices'; readonly pageCount: number }
  /** It does not look like a head MRI; `reasons` are short noun phrases. */
  | { readonly code: 'unlike-mri'; readonly reasons: readonly string[] }
  /** Much smaller than the network's picture: enlarged, so fine structure is guesswork. */
  | { readonly code: 'low-resolution'; readonly longerSidePx: number }
  /** NaN or infinite voxels were treated as air. */
  | { readonly code: 'non-finite-voxels'; readonly voxelCount: number };

/** One plain sentence for people, without content of the file. The exhaustive switch is the only place with words. */
export function warningText(warning: Warning): string {
  switch (warning.code) {
    case 'colour-reduced':
      return 'The picture has colour; its luminance was used.';
    case 'alpha-ignored':
      return 'The picture has transparency; it was ignored and the stored grey values were used.';
    case 'uniform-image':
      return `Every pixel has the value ${warning.value}: there is nothing to find in it.`;
    case 'pages-as-slices':
      return `The file has ${warning.pageCount} pages; they were read as the slices of one stack.`;
    case 'unlike-mri':
      return `This does not look like a head MRI (${warning.reasons.join(', ')}). The networks know nothing else: do not trust the mask.`;
    case 'low-resolution':
      return `The longer side has only ${warning.longerSidePx} pixels; the networks expect about 256. Small lesions cannot be judged.`;
    case 'non-finite-voxels':
      return `${warning.voxelCount} voxels are not numbers; they were treated as air.`;
  }
}
