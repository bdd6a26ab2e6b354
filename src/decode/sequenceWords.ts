/**
 * What the words of a description or a file's name say of the sequence: one vocabulary for series descriptions (in English,
 * German, French, Spanish and Italian), file names as the field writes them (BraTS, BIDS) and those written by hand.
 */
import type { Sequence } from '../domain/scan';
import type { Warning } from '../domain/warnings';

export interface SequenceWords {
  /** T1 stands for either of the two; 'other': none of the four weightings. */
  readonly weighting: 'T1' | 'T2' | 'FLAIR' | 'other' | undefined;
  /** undefined: not a word of it. */
  readonly hasContrast: boolean | undefined;
}

/** More is no name; a header may hold 64 KiB of it. */
const mostLetters = 256;

/** A word's beginning, behind two letters at most that scanners put before it ("sT1W", "eADC", "rDWI", "ssEPI"). */
const start = '(?:^|[^a-z])[a-z]{0,2}?';

/** Makes of the rest no picture of the four, whatever weighting stands beside it. */
const otherWords = new RegExp(
  `${start}(?:dwi|dwib|diff|diffusion|adc|dti|tensor|tracew?|swi|swan|asl|dsc|dce|perf\\w*|cbf|cbv|mtt|ttp|epi|tof|mra|mip)(?![a-z])|` +
    `(?:^|[^a-z])(?:hemo|angio(?!ma))|t2 ?\\*|t2 ?star|field ?map|fmap|phase ?(?:map|image|contrast)|t[12] ?(?:map|rho)|b[01] ?map`,
);

/** These too, unless a weighting stands beside them ("T1 MPRAGE arterial phase", "T1 post localizer-guided planning"). */
const weakOtherWords = new RegExp(
  `${start}(?:phase|bold|fmri|rest|resting|loc|locali[sz]er|scout|survey)\\d*(?![a-z])|\\bb[01]\\b`,
);

/** Pictures to plan by. */
const localizerWords = /(?:^|[^a-z])(?:[a-z]{0,3}(?:locali[sz]er|scout)|loc|survey)(?![a-z])/;

/** "Localizer T1 FFE" is still one, "T1 post localizer-guided planning" is none. */
const mostLocalizerWords = 3;

const t1Words = /(?:^|[^a-z])[a-z]?t1|(?:ce|gd)t1/;
const t2Words = /(?:^|[^a-z])[a-z]?t2/;
const flairWords = /flair|tirm|dark.?fluid|(?:^|[^a-z])t2f(?![a-z])/;

/** Sequences that are T1 unless they say otherwise. */
const t1Sequences =
  /(?:^|[^a-z])(?:[a-z]{0,3}(?:mp.?rage|spgr)|bravo|tfl|vibe|e?thrive)|(?:^|[^a-z])space.*(?:gd|ce)(?![a-z])/;

const agent =
  '(?:contrast\\w*|kontrast\\w*|gad\\w*|gd|ce|km|inj(?:ect\\w*)?|dotarem|clariscan|vueway|magnevist|omniscan|prohance|multihance)';

/** By itself ("+C", "postGd"), or glued to the weighting it belongs to ("t1c"). */
const contrastWords = new RegExp(
  `(?:^|[^a-z])(?:(?:post|with)?${agent}|post)(?![a-z])|(?:^|[^a-z])(?:with|mit|avec|con)\\s*$|` +
    '\\+ ?(?:c|gd|km|gad)(?![a-z])|(?:^|[^a-z])c ?\\+|(?:ce|gd)t1|(?:arterial|venous|delayed)[-\\s]*phase|' +
    't1w?[-\\s]?(?:c|ce|gd|km|post|contrast)(?![a-z0-9]|\\s?-(?:\\s|$))',
);

/** Said of something else than the agent: "after the operation", "with fat sat". */
const otherObjects = new RegExp(
  '(?:pre|post)[-\\s]*(?:op|surg|rt|radi|treat|therap|biops|resect|chemo)\\w*|' +
    '(?:with|mit|avec|con|w/|without|w/o|wo|ohne|sans|sin|non?)[-\\s]*(?:fat|fs|spir|sat|mt|gap|flow|motion)\\w*',
  'g',
);

/** "With and without": with. */
const withAndWithout = /w(?:ith)?[-\s]*(?:and|&|\/|\+)?[-\s]*(?:w\/?o|without)(?![a-z])/g;

/** "Without contrast", "pre Gd", "vor KM": not the contrast that they name. */
const negatedContrast = new RegExp(
  '(^|[^a-z])(?:pre|native?|without|ohne|vor|before|avant|antes(?: de)?|sans|sin|senza|w/o|wo|non?)' +
    `[-\\s]*(?:i\\.?v\\.?[-\\s]*)?(?:${agent}|c(?=\\s|$))(?![a-z])`,
  'g',
);
const noContrastWords =
  /(?:^|[^a-z])(?:pre|native?|without|ohne|vor|avant|sans|sin|senza|w\/o|wo|non?)(?![a-z])|(?:^|[^a-z])c ?-(?=\s|$)|t1(?:n|pre|native?)(?![a-z])/;

/** T1 after perfusion is T1 after its agent. */
const afterPerfusion = /post[-\s]*perf\w*/g;

/** "Registered to T1": of what it lies on, not of itself. */
const target = /(?:^|[^a-z])(?:to|in|on|onto)[-\s]+(?:t1|t2|flair|mp.?rage)\w*/g;

export function sequenceWords(text: string): SequenceWords {
  const words = wordsOf(text);
  const weighting = weightingOf(words);
  const isOther = otherWords.test(words) || (weighting === undefined && weakOtherWords.test(words));
  return { weighting: isOther ? 'other' : weighting, hasContrast: contrastOf(words) };
}

/** Whether a description is that of pictures to plan by: "AAHead_Scout", but not "T1 post localizer-guided planning". */
export function namesLocalizer(text: string): boolean {
  const words = wordsOf(text);
  if (!localizerWords.test(words)) return false;
  const count = words.split(/\s+/).length;
  return weightingOf(words) === undefined || (count <= mostLocalizerWords && contrastOf(words) === undefined);
}

/** Nothing else will say it: some network runs all the same. */
export const unsaidWarnings = (sequence: Sequence): readonly Warning[] =>
  sequence === 'unknown' ? [{ code: 'sequence-unsaid' }] : [];

const wordsOf = (text: string) =>
  text
    .slice(0, mostLetters)
    .toLowerCase()
    .replaceAll('_', ' ')
    .trim()
    .replaceAll(afterPerfusion, 'post')
    .replaceAll(target, ' ');

function weightingOf(words: string): 'T1' | 'T2' | 'FLAIR' | undefined {
  const t1At = words.search(t1Words);
  const flairAt = words.search(flairWords);
  // "T1 FLAIR" is T1, but "FLAIR in T1 space" is not.
  if (flairAt >= 0) return t1At >= 0 && t1At <= flairAt && !t2Words.test(words) ? 'T1' : 'FLAIR';
  if (t1At >= 0) return 'T1';
  if (t2Words.test(words)) return 'T2';
  return t1Sequences.test(words) ? 'T1' : undefined;
}

function contrastOf(words: string): boolean | undefined {
  const left = words
    .replaceAll(otherObjects, ' ')
    .replaceAll(withAndWithout, ' ')
    .replaceAll(negatedContrast, '$1native ');
  if (contrastWords.test(left)) return true;
  return noContrastWords.test(left) ? false : undefined;
}
