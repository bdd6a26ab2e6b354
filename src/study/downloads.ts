/** The files in which a result is taken away: pictures of the slice on screen, and what is reported of all lesions. */
import { reportEnding } from '../domain/exportFormat';
import type { Mask, ProbabilityMap } from '../domain/volume';
import { disagreement, paintOverlay } from '../display/overlay';
import { paintEqualized, paintSlice, type Picture } from '../display/paint';
import { sliceOf, type Slicing } from '../display/slicing';
import { agreementIn } from './agreement';
import { maskLayer, provenanceOf, reviewedMask, type Answer } from './answers';
import { lesionReport } from './lesionReport';
import type { OpenedFile } from './OpenedFile.svelte';
import type { Study } from './Study.svelte';
import type { View } from './View.svelte';

export interface Download {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer> | string;
  readonly type: string;
}

/** As the command line names its files: the model's id where there are several, the page where there are several. */
export function downloadName(
  stem: string,
  parts: { modelId?: string; k?: number; sliceCount?: number },
  ending: string,
) {
  const { modelId, k = 0, sliceCount = 1 } = parts;
  const model = modelId === undefined ? '' : `.${modelId}`;
  const digits = Math.max(3, String(sliceCount).length);
  const page = sliceCount === 1 ? '' : `.p${String(k + 1).padStart(digits, '0')}`;
  return `${stem}${model}${page}.${ending}`;
}

/** The model's id, where there is more than one. */
export const modelPart = (study: Study, { segmented }: Answer) =>
  study.choice === 'both' ? { modelId: segmented.manifest.id } : {};

function names(study: Study, file: OpenedFile, view: View, ending: string) {
  const slice = { k: view.k, sliceCount: view.sliceCount };
  return {
    of: (answer: Answer) => downloadName(file.stem, { ...modelPart(study, answer), ...slice }, ending),
    ofAll: () => downloadName(file.stem, slice, ending),
  };
}

/** With the other network's lesions, where both have looked. */
export const agreementWith = ({ lesions: { answers, groups } }: Study, { architecture }: Answer) =>
  agreementIn(
    groups,
    architecture,
    answers.map((one) => ({ architecture: one.architecture, modelId: one.segmented.manifest.id })),
  );

/** @param bytes  made by the worker; they come in a buffer of their own */
export const binary = (name: string, bytes: Uint8Array, type: string): Download => ({
  name,
  content: bytes as Uint8Array<ArrayBuffer>,
  type,
});

const pictureGrid = ({ picture: [cols, rows] }: Slicing) =>
  ({ dims: [cols, rows, 1], space: { kind: 'pixels' } }) as const;

/** The slice on screen alone, as it is looked at. */
const maskSlice = ({ labels }: Mask, { slicing, k }: View): Mask => ({
  grid: pictureGrid(slicing),
  labels: sliceOf(labels, slicing, k),
});

const mapSlice = ({ probabilities }: ProbabilityMap, { slicing, k }: View): ProbabilityMap => ({
  grid: pictureGrid(slicing),
  probabilities: sliceOf(probabilities, slicing, k),
});

export async function maskDownloads(study: Study, file: OpenedFile): Promise<readonly Download[]> {
  const { view } = file;
  if (!view) return [];
  const name = names(study, file, view, 'mask.png');
  return Promise.all(
    study.lesions.answers.map(async (answer) => {
      const mask = maskSlice(reviewedMask(answer), view);
      const input = { mask, slice: 0, about: provenanceOf(answer) };
      return binary(name.of(answer), (await study.client.run('encodeMask', input)).png, 'image/png');
    }),
  );
}

export async function probabilityDownloads(study: Study, file: OpenedFile): Promise<readonly Download[]> {
  const { view } = file;
  if (!view) return [];
  const name = names(study, file, view, 'probability.png');
  return Promise.all(
    study.lesions.answers.map(async (answer) => {
      const map = mapSlice(answer.segmented.map, view);
      const input = { map, slice: 0, about: provenanceOf(answer) };
      return binary(name.of(answer), (await study.client.run('encodeProbability', input)).png, 'image/png');
    }),
  );
}

/** What is on screen, at the picture's own size: one file where both networks are drawn on one picture, else one each. */
export async function overlayDownloads(study: Study, file: OpenedFile): Promise<readonly Download[]> {
  const { volume, view } = file;
  if (!volume || !view) return [];
  const name = names(study, file, view, 'overlay.png');
  const { display } = study;
  const { slicing, k } = view;
  const base =
    display.isEqualized && file.equalized
      ? paintEqualized(file.equalized, slicing, k)
      : paintSlice(volume, slicing, k, view.window);
  const paint = async (shown: readonly Answer[], called: string) => {
    const masks = shown.map((answer) => maskLayer(answer, slicing, k));
    const layers = display.overlay === 'disagreement' ? disagreement(masks) : masks;
    const picture = paintOverlay(base, layers, display.style, display.opacity);
    return pictureDownload(study, picture, shown, called);
  };
  const { answers } = study.lesions;
  if (study.isOnePicture && answers.length > 1) return [await paint(answers, name.ofAll())];
  return Promise.all(answers.map((answer) => paint([answer], name.of(answer))));
}

/** @param shown  whose masks are drawn in it */
export async function pictureDownload(
  study: Study,
  picture: Picture,
  shown: readonly Answer[],
  name: string,
): Promise<Download> {
  const { png } = await study.client.run('encodePicture', { picture, abouts: shown.map(provenanceOf) });
  return binary(name, png, 'image/png');
}

export const reportDownloads = (study: Study, file: OpenedFile): readonly Download[] =>
  study.lesions.answers.map((answer) => ({
    name: downloadName(file.stem, modelPart(study, answer), reportEnding),
    content: `${JSON.stringify(lesionReport(answer, study.inputWarnings, agreementWith(study, answer)), undefined, 2)}\n`,
    type: 'application/json',
  }));
