/** The files in which a result is taken away: pictures of the slice on screen, and tables of all lesions. */
import { paintOverlay, type MaskLayer } from '../display/overlay';
import { paintEqualized, paintSlice, sliceOf } from '../display/paint';
import type { Architecture } from '../models/manifest';
import type { Segmented } from './Finding.svelte';
import { lesionReport, lesionsCsv } from './lesionFiles';
import { networkFacts } from './networkChoice';
import type { OpenedFile } from './OpenedFile.svelte';
import type { Study } from './Study.svelte';

export interface Download {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer> | string;
  readonly type: string;
}

export type LesionFormat = 'csv' | 'json';

interface Answer {
  readonly architecture: Architecture;
  readonly segmented: Segmented;
}

/** What the chosen networks answered for the file on screen. */
function answers(study: Study): readonly Answer[] {
  return study.chosen.flatMap(({ architecture, state }) =>
    state.kind === 'segmented' ? [{ architecture, segmented: state }] : [],
  );
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

function names(study: Study, file: OpenedFile, ending: string) {
  const { k = 0, sliceCount = 1 } = file.view ?? {};
  const modelOf = ({ architecture }: Answer) =>
    study.choice === 'both' ? { modelId: networkFacts[architecture].modelId } : {};
  return {
    k,
    of: (answer: Answer) => downloadName(file.stem, { ...modelOf(answer), k, sliceCount }, ending),
    ofAll: () => downloadName(file.stem, { k, sliceCount }, ending),
  };
}

/** @param png  made by the worker; its bytes come in a buffer of their own */
const picture = (name: string, png: Uint8Array): Download => ({
  name,
  content: png as Uint8Array<ArrayBuffer>,
  type: 'image/png',
});

export async function maskDownloads(study: Study, file: OpenedFile): Promise<readonly Download[]> {
  const name = names(study, file, 'mask.png');
  return Promise.all(
    answers(study).map(async (answer) => {
      const { mask } = answer.segmented.outline;
      return picture(name.of(answer), (await study.client.run('encodeMask', { mask, slice: name.k })).png);
    }),
  );
}

export async function probabilityDownloads(study: Study, file: OpenedFile): Promise<readonly Download[]> {
  const name = names(study, file, 'probability.png');
  return Promise.all(
    answers(study).map(async (answer) => {
      const { map } = answer.segmented;
      return picture(name.of(answer), (await study.client.run('encodeProbability', { map, slice: name.k })).png);
    }),
  );
}

/** What is on screen, at the picture's own size: one file where both networks are drawn on one picture, else one each. */
export async function overlayDownloads(study: Study, file: OpenedFile): Promise<readonly Download[]> {
  const { volume, view } = file;
  if (!volume || !view) return [];
  const name = names(study, file, 'overlay.png');
  const { display } = study;
  const base =
    display.isEqualized && file.equalized
      ? paintEqualized(file.equalized, volume.grid, view.k)
      : paintSlice(volume, view.k, view.window);
  const paint = async (shown: readonly Answer[], called: string) => {
    const layers = shown.map((answer) => maskLayer(answer.architecture, answer.segmented, view.k));
    const painted = paintOverlay(base, layers, display.style, display.opacity);
    return picture(called, (await study.client.run('encodePicture', painted)).png);
  };
  const all = answers(study);
  if (study.choice === 'both' && display.layout === 'overlaid') return [await paint(all, name.ofAll())];
  return Promise.all(all.map((answer) => paint([answer], name.of(answer))));
}

export function lesionDownloads(study: Study, file: OpenedFile, format: LesionFormat): readonly Download[] {
  if (format === 'csv') {
    const name = downloadName(file.stem, {}, 'lesions.csv');
    return [{ name, content: lesionsCsv(study.groups), type: 'text/csv' }];
  }
  const warnings = file.volume?.warnings ?? [];
  return answers(study).map(({ architecture, segmented }) => ({
    name: downloadName(
      file.stem,
      study.choice === 'both' ? { modelId: networkFacts[architecture].modelId } : {},
      'json',
    ),
    content: `${JSON.stringify(lesionReport(file.name, segmented, warnings), undefined, 2)}\n`,
    type: 'application/json',
  }));
}

/** One network's mask of slice `k`, as it is drawn. */
export function maskLayer(architecture: Architecture, { outline }: Segmented, k: number): MaskLayer {
  const { colour, isDashed } = networkFacts[architecture];
  return { labels: sliceOf(outline.mask.labels, outline.mask.grid, k), colour, isDashed };
}
