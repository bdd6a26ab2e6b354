import type { DataSet } from 'dicom-parser';
import type { Sequence } from '../../domain/scan';
import { doubles, functionalGroup, number, text, texts } from './attributes';
import { tag } from './tags';

const otherWords =
  /dwi|diff|adc|trace|dti|tensor|swi|swan|t2\*|t2star|hemo|perf|dsc|dce|asl|cbf|cbv|mtt|ttp|bold|fmri|\brest\d*\b|\bresting|epi\b|tof|angio|mra\b|mip|field.?map|fmap|\bb[01]\b|b[01].?map|phase|\bloc\b|locali[sz]er|scout|survey/;

/** Kinds in ImageType, from value 3 on, that are no picture to look at, whatever was made of them (PS3.3 C.8.13.3.1.1, and by custom). */
const otherKinds = new Set(
  'ADC,B0,B0 MAP,CBF,CBV,DIFFUSION,EPI,FA,FIELD_MAP,FMRI,I,IMAGINARY,MIP,MTT,P,PERFUSION,PHASE,PHASE MAP,PROJECTION IMAGE,R,REAL,TTP,VELOCITY'.split(
    ',',
  ),
);

/** Words that name a weighting stand at the beginning of one, behind a letter at most ("sT1W", "cT1"): "REST1" names none. */
const t1Words = /(^|[^a-z])[a-z]?t1|mp.?rage|spgr|bravo|tfl|vibe|space.*(gd|ce)/;
const t2Words = /(^|[^a-z])[a-z]?t2/;
const contrastWords =
  /(^|[^a-z])(gd|gad|gado\w*|ce|post|contrast|postcontrast|with|km|kontrast|\+c|c\+|dotarem|gadovist|clariscan|vueway)([^a-z]|$)|\+\s?(c|gd|km)\b|t1(c|ce|gd|km)([^a-z]|$)/;
/** "Without contrast", "pre Gd": not the contrast that it names. */
const negatedContrast = /\b(pre|native|without|ohne|w\/o|non|no)[\s-]*(iv[\s-]*)?(contrast|gad\w*|gd|ce|km|kontrast)/g;
const noContrastWords = /(^|[^a-z])(pre|native|nativ|without|ohne|w\/o|non|no)([^a-z]|$)/;

/** FLAIR nulls fluid: inversion times of 1.5 T (1.7 s) to 3 T (2.8 s), with a long echo. */
const flair = { leastInversionMs: 1500, leastEchoMs: 60 };

/** Conventional T1 has short echoes and repetitions; gradient echoes with inversion (MPRAGE) repeat slowly. */
const t1 = { mostEchoMs: 30, mostRepetitionMs: 1300 };

const t2 = { leastEchoMs: 60, leastRepetitionMs: 1800 };

/** What a header says its sequence is: the description first, then contrast agent, TE, TR and TI (milliseconds). */
export function guessSequence(dataSet: DataSet, description: string): Sequence {
  const words = description.toLowerCase().replaceAll('_', ' ');
  if (otherWords.test(words) || isOther(dataSet)) return 'other';
  const isEnhanced = hasContrast(dataSet, words);
  if (/flair|tirm|dark.?fluid/.test(words)) return /t1/.test(words) ? t1Or(isEnhanced) : 'FLAIR';
  if (t1Words.test(words)) return t1Or(isEnhanced);
  if (t2Words.test(words)) return 'T2';

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

/** Echo-planar images are made for diffusion, perfusion and function; maps and phases are none of the four either. */
const isOther = (dataSet: DataSet) =>
  texts(dataSet, tag.scanningSequence).includes('EP') ||
  text(dataSet, tag.echoPlanarPulseSequence) === 'YES' ||
  texts(dataSet, tag.imageType)
    .slice(2)
    .some((kind) => otherKinds.has(kind));

const t1Or = (isEnhanced: boolean): Sequence => (isEnhanced ? 'T1-CE' : 'T1');

/** The description outweighs the tags: many scanners keep the agent of an examination in all of its series. */
function hasContrast(dataSet: DataSet, words: string): boolean {
  const left = words.replaceAll(negatedContrast, 'native');
  if (contrastWords.test(left)) return true;
  if (noContrastWords.test(left)) return false;
  const agent = text(dataSet, tag.contrastAgent);
  return (
    (agent !== undefined && !/^(no|none|nein|non)\b/i.test(agent)) || (number(dataSet, tag.contrastVolume) ?? 0) > 0
  );
}
