import type { Sequence } from '../domain/scan';

/** Words of file names as the field writes them (BraTS, BIDS and by hand), lower case. First match wins. */
const names: readonly (readonly [Sequence, RegExp])[] = [
  ['T1-CE', /^(t1c|t1ce|t1gd|t1post|t1km|t1contrast|t1wce|cet1|cet1w|gdt1)$/],
  ['FLAIR', /^(t2f|flair|t2flair|t2wflair)$/],
  ['T1', /^(t1|t1n|t1w|t1pre|t1native|mprage)$/],
  ['T2', /^(t2|t2w|t2tse)$/],
];

const contrast = /^(ce|gd|gad|gadolinium|post|contrast|postcontrast|km)$/;

/** What a file's name says its sequence is: "BraTS-MET-00110-000-t1c.nii.gz" → 'T1-CE'. */
export function sequenceOfName(path: string): Sequence {
  const words = path.split('/').at(-1)!.toLowerCase().split(/[^a-z0-9]+/); // prettier-ignore
  for (const [sequence, word] of names) {
    if (!words.some((each) => word.test(each))) continue;
    return sequence === 'T1' && words.some((each) => contrast.test(each)) ? 'T1-CE' : sequence;
  }
  return 'unknown';
}
