/** How a mask came about: every file that leaves the program says so, STL as far as its 80 bytes go. */
export interface MaskProvenance {
  readonly programVersion: string;
  readonly modelId: string;
  readonly weightsSha256: string;
  /** Of probability, 0 to 1. */
  readonly threshold: number;
  readonly minSize: { readonly value: number; readonly unit: 'px' | 'mm3' };
  /** Whether the volume was looked at in three directions, whose probabilities were averaged; else in its own slices alone. */
  readonly isTriPlanar: boolean;
  /** Lesions that the network marked, and that a person took out of the mask. */
  readonly rejectedCount: number;
  readonly backend: string;
  readonly adapter: string;
  /** One sentence: what the weights have seen. */
  readonly trainedOn: string;
  /** "Research use only …": the model's own notice. */
  readonly notice: string;
}

/** In one line, for headers and comments: "a-model, weights sha256 …, p >= 0.5, smallest 20 mm3, wasm (1 thread)". */
export function madeText(about: MaskProvenance) {
  const { modelId, weightsSha256, backend, adapter } = about;
  const made = [modelId, `weights sha256 ${weightsSha256}`, parametersText(about), `${backend} (${adapter})`];
  return [...made, ...reviewText(about)].join(', ');
}

/** What the model was used with: "p >= 0.5, smallest 20 mm3", and whether three planes were averaged. */
export function parametersText({ threshold, minSize, isTriPlanar }: MaskProvenance): string {
  const smallest = `${Number(minSize.value.toFixed(3))} ${minSize.unit}`;
  return [`p >= ${threshold}`, `smallest ${smallest}`, ...(isTriPlanar ? ['three planes averaged'] : [])].join(', ');
}

/** Of the smallest lesion that was kept: "20 mm³". */
export const minSizeText = ({ value, unit }: MaskProvenance['minSize']) =>
  `${Number(value.toFixed(2))} ${unit === 'mm3' ? 'mm³' : 'px'}`;

/** What a person has done to the mask, in a phrase; none where it is the network's own. */
export function reviewText({ rejectedCount }: Pick<MaskProvenance, 'rejectedCount'>): readonly string[] {
  if (rejectedCount === 0) return [];
  return [`${rejectedCount} ${rejectedCount === 1 ? 'lesion' : 'lesions'} rejected by a person`];
}

/** Of probabilities, which no one's review changes. */
export const unreviewed = (about: MaskProvenance): MaskProvenance => ({ ...about, rejectedCount: 0 });
