import type { DataSet } from 'dicom-parser';
import type { Sequence } from '../../domain/scan';
import { sequenceWords } from '../sequenceWords';
import { doubles, functionalGroup, item, number, text, texts } from './attributes';
import { tag } from './tags';

/** Kinds in ImageType, from value 3 on, that are no picture to look at, whatever was made of them (PS3.3 C.8.13.3.1.1, and by custom). */
const otherKinds = new Set(
  'ADC,B0,B0 MAP,CBF,CBV,DIFFUSION,EPI,FA,FIELD_MAP,FMRI,I,IMAGINARY,MIP,MTT,P,PERFUSION,PHASE,PHASE MAP,PROJECTION IMAGE,R,REAL,TTP,VELOCITY'.split(
    ',',
  ),
);

/** AcquisitionContrast of enhanced images (PS3.3 C.8.13.3.1.1) that no picture of the four has. */
const otherContrasts = new Set(['DIFFUSION', 'FLOW_ENCODED', 'PERFUSION', 'TAGGING', 'TOF']);

/** FLAIR nulls fluid: inversion times of 1.5 T (1.7 s) to 3 T (2.8 s), with a long echo. */
const flair = { leastInversionMs: 1500, leastEchoMs: 60 };

/** Conventional T1 has short echoes and repetitions; gradient echoes with inversion (MPRAGE) repeat slowly. */
const t1 = { mostEchoMs: 30, mostRepetitionMs: 1300 };

const t2 = { leastEchoMs: 60, leastRepetitionMs: 1800 };

/** What a header says its sequence is: the description first, then contrast agent, TE, TR and TI (milliseconds). */
export function guessSequence(dataSet: DataSet, description: string): Sequence {
  const words = sequenceWords(description);
  if (words.weighting === 'other' || isOther(dataSet)) return 'other';
  const weighting = words.weighting ?? weightingOf(dataSet);
  // The description outweighs the tags: many scanners keep the agent of an examination in all of its series.
  if (weighting === 'T1') return (words.hasContrast ?? hasAgent(dataSet)) ? 'T1-CE' : 'T1';
  return weighting ?? 'unknown';
}

/** Echo-planar images are made for diffusion, perfusion and function; maps and phases are none of the four either. */
const isOther = (dataSet: DataSet) =>
  texts(dataSet, tag.scanningSequence).includes('EP') ||
  text(dataSet, tag.echoPlanarPulseSequence) === 'YES' ||
  otherContrasts.has(acquisitionContrast(dataSet) ?? '') ||
  texts(dataSet, tag.imageType)
    .slice(2)
    .some((kind) => otherKinds.has(kind));

const acquisitionContrast = (dataSet: DataSet) =>
  text(dataSet, tag.acquisitionContrast) ??
  text(functionalGroup(dataSet, 0, tag.imageFrameTypeSequence), tag.acquisitionContrast);

/** By times and pulses; enhanced images have them in functional groups, and say themselves what they show. */
function weightingOf(dataSet: DataSet): 'T1' | 'T2' | 'FLAIR' | 'other' | undefined {
  const echoMs =
    doubles(functionalGroup(dataSet, 0, tag.echoSequence), tag.effectiveEchoTime)?.[0] ?? number(dataSet, tag.echoTime);
  const repetitionMs = number(functionalGroup(dataSet, 0, tag.timingSequence), tag.repetitionTime);
  const inversionMs =
    doubles(functionalGroup(dataSet, 0, tag.modifierSequence), tag.inversionTimes)?.[0] ??
    number(dataSet, tag.inversionTime) ??
    0;
  const isGradientEcho =
    texts(dataSet, tag.scanningSequence).includes('GR') || text(dataSet, tag.echoPulseSequence) === 'GRADIENT';
  switch (acquisitionContrast(dataSet)) {
    case 'T1':
      return 'T1';
    case 'T2':
      return 'T2';
    case 'FLUID_ATTENUATED':
      // With a short echo it is T1.
      return (echoMs ?? Infinity) > t1.mostEchoMs ? 'FLAIR' : 'T1';
    case 'PROTON_DENSITY':
    case 'T2_STAR':
      return 'other';
  }
  if (echoMs === undefined || repetitionMs === undefined) return undefined;
  if (inversionMs >= flair.leastInversionMs && echoMs >= flair.leastEchoMs) return 'FLAIR';
  const isMprage = isGradientEcho && inversionMs >= 500;
  if (echoMs <= t1.mostEchoMs && (repetitionMs <= t1.mostRepetitionMs || isMprage)) return 'T1';
  return echoMs >= t2.leastEchoMs && repetitionMs >= t2.leastRepetitionMs ? 'T2' : undefined;
}

/** Classic images name the agent, enhanced ones list it, and say for each frame whether it had been given (PS3.3 C.8.13.5.13). */
function hasAgent(dataSet: DataSet): boolean {
  if (text(functionalGroup(dataSet, 0, tag.contrastUsageSequence), tag.contrastAdministered) === 'NO') return false;
  const agent = text(dataSet, tag.contrastAgent);
  return (
    (agent !== undefined && !/^(no|none|nein|non)\b/i.test(agent)) ||
    (number(dataSet, tag.contrastVolume) ?? 0) > 0 ||
    item(dataSet, tag.contrastAgentSequence) !== undefined
  );
}
