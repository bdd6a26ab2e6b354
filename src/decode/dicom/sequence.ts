import type { DataSet } from 'dicom-parser';
import type { Sequence } from '../../domain/scan';
import { doubles, functionalGroup, number, text, texts } from './attributes';
import { tag } from './tags';

const otherWords =
  /dwi|diff|adc|trace|dti|tensor|swi|swan|t2\*|t2star|hemo|perf|dsc|dce|asl|cbf|cbv|mtt|ttp|bold|fmri|epi\b|tof|angio|mra\b|mip|field.?map|phase|loc|scout|survey/;
const contrastWords =
  /(^|[^a-z])(gd|gad|gado\w*|ce|post|contrast|postcontrast|with|km|kontrast|\+c|c\+|dotarem|gadovist|clariscan|vueway)([^a-z]|$)|\+\s?(c|gd|km)\b|t1(c|ce|gd|km)([^a-z]|$)/;
const noContrastWords = /(^|[^a-z])(pre|native|nativ|without|ohne|w\/o|non|no)([^a-z]|$)/;

/** FLAIR nulls fluid: inversion times of 1.5 T (1.7 s) to 3 T (2.8 s), with a long echo. */
const flair = { leastInversionMs: 1500, leastEchoMs: 60 };

/** Conventional T1 has short echoes and repetitions; gradient echoes with inversion (MPRAGE) repeat slowly. */
const t1 = { mostEchoMs: 30, mostRepetitionMs: 1300 };

const t2 = { leastEchoMs: 60, leastRepetitionMs: 1800 };

/** What a header says its sequence is: the description first, then contrast agent, TE, TR and TI (milliseconds). */
export function guessSequence(dataSet: DataSet, description: string): Sequence {
  const words = description.toLowerCase().replaceAll('_', ' ');
  if (otherWords.test(words)) return 'other';
  const isEnhanced = hasContrast(dataSet, words);
  if (/flair|tirm|dark.?fluid/.test(words)) return /t1/.test(words) ? t1Or(isEnhanced) : 'FLAIR';
  if (/t1|mp.?rage|spgr|bravo|tfl|vibe|space.*(gd|ce)/.test(words)) return t1Or(isEnhanced);
  if (/t2/.test(words)) return 'T2';

  const echoMs =
    doubles(functionalGroup(dataSet, 0, tag.echoSequence), tag.effectiveEchoTime)?.[0] ?? number(dataSet, tag.echoTime);
  const repetitionMs = number(functionalGroup(dataSet, 0, tag.timingSequence), tag.repetitionTime);
  const inversionMs = number(dataSet, tag.inversionTime) ?? 0;
  if (echoMs === undefined || repetitionMs === undefined) return 'unknown';
  if (inversionMs >= flair.leastInversionMs && echoMs >= flair.leastEchoMs) return 'FLAIR';
  const isMprage = texts(dataSet, tag.scanningSequence).includes('GR') && inversionMs >= 500;
  if (echoMs <= t1.mostEchoMs && (repetitionMs <= t1.mostRepetitionMs || isMprage)) return t1Or(isEnhanced);
  if (echoMs >= t2.leastEchoMs && repetitionMs >= t2.leastRepetitionMs) return 'T2';
  return 'unknown';
}

const t1Or = (isEnhanced: boolean): Sequence => (isEnhanced ? 'T1-CE' : 'T1');

/** The description outweighs the tags: many scanners keep the agent of an examination in all of its series. */
function hasContrast(dataSet: DataSet, words: string): boolean {
  if (contrastWords.test(words)) return true;
  if (noContrastWords.test(words)) return false;
  const agent = text(dataSet, tag.contrastAgent);
  return (
    (agent !== undefined && !/^(no|none|nein|non)\b/i.test(agent)) || (number(dataSet, tag.contrastVolume) ?? 0) > 0
  );
}
