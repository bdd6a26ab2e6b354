/** A report of one network's result to print: one self-contained page of HTML, without script and without patient data. */
import type { Agreement } from '../domain/agreement';
import type { Result } from '../domain/exportFormat';
import { noLesionText } from '../domain/noLesionText';
import { minSizeText } from '../domain/provenance';
import { isInTwoSlices, measurableText } from '../domain/ranoBm';
import { affineOf, spacingOf } from '../domain/spacing';
import type { Lesion } from '../domain/volume';
import { escaped } from './html';
import { type Slicing, slicingOf } from './pictures';
import { mostFigures, reportFigures } from './reportFigures';
import { reportStyle, reportStyleSha256 } from './reportStyle';

/** Nothing is fetched, nothing runs; pictures are part of the file. */
const policy = `default-src 'none'; img-src data:; style-src 'sha256-${reportStyleSha256}'; base-uri 'none'; form-action 'none'`;

/**
 * It names the input's stem, as its own file name does, and nothing else of whose it is.
 *
 * @param now  when it was made
 */
export function encodeReport(result: Result, now: Date): string {
  const { stem, about, lesions, warnings } = result;
  const slicing = slicingOf(result.volume);
  const figures = reportFigures(result, slicing);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<meta name="generator" content="metsight ${escaped(about.programVersion)}">
<title>${escaped(stem)}: lesions found by metsight</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
<h1>${escaped(stem)}</h1>
<p>Lesion candidates in a brain MRI, found by the network ${escaped(about.modelId)}.</p>
<p class="notice"><strong>${escaped(about.notice)}</strong> Trained on: ${escaped(about.trainedOn)}</p>
<p class="sum">${escaped(sumText(result))}</p>
${lesions.length > 0 ? table(result, slicing) : ''}
${figures === '' ? '' : `<h2>Largest slice of each lesion${lesions.length > mostFigures ? `, the ${mostFigures} largest` : ''}</h2>\n<p>${escaped(directionText(slicing))}</p>\n${figures}`}
${warnings.length > 0 ? `<h2>What to know about the input</h2>\n<ul>${warnings.map((one) => `<li>${escaped(one)}</li>`).join('')}</ul>` : ''}
<h2>How it was made</h2>
${facts(result, now)}
</main>
</body>
</html>
`;
}

function sumText({ lesions, map, about }: Result): string {
  if (lesions.length === 0) {
    const highestProbability = map.probabilities.reduce((most, probability) => Math.max(most, probability), 0);
    return `${noLesionText({ ...about, smallest: minSizeText(about.minSize), highestProbability })}.`;
  }
  const count = lesionsText(lesions.length);
  const extents = lesions.flatMap(({ extent }) => (extent ? [extent] : []));
  if (extents.length < lesions.length) {
    return `${count}, ${sum(lesions.map((one) => one.voxelCount))} pixels in all. Nothing is known in millimetres.`;
  }
  const measurable = extents.filter(({ isMeasurable }) => isMeasurable);
  const longest = sum(measurable.map(({ longestDiameterMm }) => longestDiameterMm));
  const lengths = measurable.length > 0 ? `, their longest diameters ${longest.toFixed(1)} mm in sum` : '';
  const volumeMl = sum(extents.map(({ volumeMm3 }) => volumeMm3)) / 1000;
  return `${count}, ${volumeMl.toFixed(2)} mL in all; ${measurable.length} measurable by the sizes of RANO-BM${lengths}.`;
}

const lesionsText = (count: number) => `${count} ${count === 1 ? 'lesion' : 'lesions'}`;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function table({ lesions, agreement }: Result, slicing: Slicing): string {
  const isMetric = lesions.every(({ extent }) => extent !== undefined);
  const columns = isMetric
    ? ['Lesion', 'mL', 'Diameters, mm', 'Centre R, A, S, mm', 'Slices', 'p, mean', 'p, peak', 'RANO-BM']
    : ['Lesion', 'Pixels', 'Centre, px', 'Slices', 'p, mean', 'p, peak'];
  const head = agreement ? [...columns, 'Found by', 'Overlap'] : columns;
  const rows = lesions.map((lesion) => {
    const { id, extent, voxelCount, centroid, meanProbability, maxProbability } = lesion;
    const size =
      isMetric && extent
        ? [
            (extent.volumeMm3 / 1000).toFixed(2),
            `${extent.longestDiameterMm.toFixed(1)} × ${extent.perpendicularDiameterMm.toFixed(1)}`,
            extent.centroidRas.map((mm) => mm.toFixed(1)).join(', '),
          ]
        : [String(voxelCount), `${centroid[0].toFixed(1)}, ${centroid[1].toFixed(1)}`];
    const probabilities = [meanProbability.toFixed(2), maxProbability.toFixed(2)];
    const isMeasurable = isMetric ? [measuredText(lesion)] : [];
    return [
      String(id),
      ...size,
      slicesText(lesion, slicing),
      ...probabilities,
      ...isMeasurable,
      ...foundText(lesion, agreement),
    ];
  });
  const criterion = isMetric ? `\n<p>${escaped(measurableText(slicing.frame))}</p>` : '';
  return `<table>
<thead><tr>${head.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`).join('\n')}
</tbody>
</table>${criterion}`;
}

const measuredText = (lesion: Lesion) =>
  !lesion.extent?.isMeasurable ? 'no' : isInTwoSlices(lesion) ? 'measurable' : 'measurable, one slice';

/** By which of the networks, and the Dice of their voxels there; nothing where only one has looked. */
function foundText({ id }: Lesion, agreement: Agreement | undefined): readonly string[] {
  if (!agreement) return [];
  const found = agreement.lesions.get(id);
  if (!found || found.foundBy.length === 1) return ['this alone', '–'];
  const isByBoth = agreement.comparedWith.length === 1;
  return [isByBoth ? 'both' : found.foundBy.join(', '), found.overlaps.map((dice) => dice.toFixed(2)).join(', ')];
}

/** Counted from 1, as the frame counts. */
function slicesText({ slices }: Lesion, { frame, layout }: Slicing): string {
  const [first, last] = slices
    .map((index) => (frame.isFlipped[2] ? layout.slices - index : index + 1))
    .sort((a, b) => a - b) as [number, number];
  return first === last ? String(first) : `${first}–${last}`;
}

function directionText({ frame }: Slicing): string {
  switch (frame.plane) {
    case 'none':
      return 'As the picture lies; nothing is known of left and right.';
    case 'sagittal':
      return 'Sagittal slices, the face on the left. Beside each the part around the lesion, enlarged.';
    case 'axial':
    case 'coronal':
      return `${frame.plane === 'axial' ? 'Axial' : 'Coronal'} slices, the patient’s right on the left. Beside each the part around the lesion, enlarged.`;
  }
}

function facts({ volume, about, agreement }: Result, now: Date): string {
  const { grid } = volume;
  const affine = affineOf(grid);
  const spacing = affine ? `, ${spacingOf(affine).map((mm) => mm.toFixed(2)).join(' × ')} mm` : ', spacing unknown'; // prettier-ignore
  const rows: readonly (readonly [string, string])[] = [
    ['Program', `metsight ${about.programVersion}`],
    ['Network', about.modelId],
    ...(agreement ? [['Compared with', agreement.comparedWith.join(', ')] as const] : []),
    ['Threshold', `probability at or above ${about.threshold}`],
    ['Smallest lesion', minSizeText(about.minSize)],
    ['Directions', about.isTriPlanar ? 'three planes, averaged' : 'one, the slices of the input'],
    ['Rejected by a person', about.rejectedCount === 0 ? 'nothing' : lesionsText(about.rejectedCount)],
    ['Computed on', `${about.backend} (${about.adapter})`],
    ['Input', `${grid.dims.join(' × ')} voxels${spacing}`],
    ['Made on', now.toISOString().slice(0, 10)],
    ['Weights, SHA-256', about.weightsSha256],
  ];
  return `<dl>${rows.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>`;
}
