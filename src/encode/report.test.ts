import { createHash } from 'node:crypto';
import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import type { Affine, Grid } from '../domain/grid';
import { drawnResult } from './fixtures/drawnResult';
import { encodeReport } from './report';
import { mostFigures } from './reportFigures';
import { reportStyle, reportStyleSha256 } from './reportStyle';

const now = new Date(Date.UTC(2026, 0, 2));
const count = (text: string, part: string | RegExp) => text.split(part).length - 1;

test('the policy allows the one style sheet, by its hash', () => {
  expect(createHash('sha256').update(reportStyle).digest('base64')).toBe(reportStyleSha256);
  const html = encodeReport(drawnResult(1), now);
  expect(html).toContain(`<style>${reportStyle}</style>`);
  expect(html).toContain(`default-src 'none'; img-src data:; style-src 'sha256-${reportStyleSha256}'`);
});

test('nothing in a report runs, and nothing is fetched', () => {
  const html = encodeReport(drawnResult(3), now);
  expect(html).not.toMatch(/<script|javascript:|\son\w+=|https?:|url\(|<link|<iframe|\sstyle=/i);
  expect(html.match(/(?:href|src)="(?!#|data:image\/png;base64,)/g)).toBe(null);
});

test('a report says what was found, and how it was made', () => {
  const result = drawnResult(3);
  const html = encodeReport(result, now);
  expect(html).toContain(
    '3 lesions, 1.35 mL in all; 1 measurable by the sizes of RANO-BM, their longest diameters 10.5 mm in sum.',
  );
  const { weightsSha256, trainedOn, notice, modelId } = result.about;
  const made = ['metsight 1.2.3', modelId, weightsSha256, trainedOn, notice, 'at or above 0.5', '20 mm³', 'wasm (cpu)'];
  for (const fact of [...made, '96 × 112 × 24 voxels, 1.50 × 1.50 × 5.00 mm', '2026-01-02', 'The slices are thick.']) {
    expect(html).toContain(fact);
  }
  expect(count(html, '<tr><td>')).toBe(3);
  expect(html).toContain(
    '<tr><td>2</td><td>0.45</td><td>10.5 × 10.2</td><td>20.0, 39.0, -40.0</td><td>4–6</td><td>0.81</td><td>0.97</td><td>no</td></tr>',
  );
});

test('a report says what measurable means, and where the slices are not those that it is meant for', () => {
  const axial = drawnResult(3);
  const criterion =
    'at least 10 mm by 5 mm, in slices at most 5 mm apart. RANO-BM also wants it seen in 2 slices or more: where it is in one only, that is said.';
  expect(encodeReport(axial, now)).toContain(`<p>Measurable by the sizes of RANO-BM: ${criterion}</p>`);
  const flat = { ...axial, lesions: axial.lesions.map((one) => ({ ...one, slices: [4, 4] as const })) };
  expect(count(encodeReport(flat, now), '<td>measurable, one slice</td>')).toBe(1);
  // The same array, its slices stacked from left to right.
  const affine: Affine = [[0, 0, 5, -60], [-1.5, 0, 0, 84], [0, -1.5, 0, 71]]; // prettier-ignore
  const grid: Grid = { dims: axial.volume.grid.dims, space: { kind: 'patient', affine } };
  const sagittal = { ...axial, volume: { ...axial.volume, grid }, mask: { ...axial.mask, grid } };
  expect(encodeReport(sagittal, now)).toContain(
    `${criterion} RANO-BM measures in axial slices; these are sagittal, as they were acquired.</p>`,
  );
});

test('where two networks have looked, a report says which of them found a lesion, and how alike', () => {
  expect(encodeReport(drawnResult(2), now)).not.toMatch(/Found by|Compared with/);
  const found = { place: 1, foundBy: ['a-model', 'b-model'], overlaps: [0.876] };
  const agreement = { comparedWith: ['b-model'], lesions: new Map([[1, found]]) };
  const html = encodeReport({ ...drawnResult(2), agreement }, now);
  expect(html).toContain('<th scope="col">Found by</th><th scope="col">Overlap</th>');
  expect(html).toContain('<td>both</td><td>0.88</td></tr>');
  expect(html).toContain('<td>this alone</td><td>–</td></tr>');
  expect(html).toContain('<dt>Compared with</dt><dd>b-model</dd>');
});

test('each lesion is shown in its largest slice, which is in the file once', () => {
  const html = encodeReport(drawnResult(20), now);
  expect(count(html, '<figure>')).toBe(20);
  // Lesions 1 and 19, 2 and 20 share their slices.
  const pictures = [...html.matchAll(/href="data:image\/png;base64,([^"]+)"/g)].map(([, data]) => data!);
  expect(pictures).toHaveLength(18);
  const { width, height, channels, depth, data } = decode(Buffer.from(pictures[0]!, 'base64'));
  expect({ width, height, channels, depth }).toEqual({ width: 96, height: 112, channels: 1, depth: 8 });
  // Lesion 1 is at (20, 30) of a slice that is stored as it is looked at: right on the left, front up.
  expect(data[20 + 96 * 30]).toBe(255);
  expect(data[0]).toBe(0);
  expect(html).toContain('aria-label="Lesion 1 in slice 4 of 24"');
});

test('the outline encloses the lesion in millimetres, the other lesions of the slice are drawn otherwise', () => {
  const html = encodeReport(drawnResult(20), now);
  const figure = html.split('<figure>')[1]!;
  expect(count(figure, 'class="rim"')).toBe(2);
  // The ends of lesions 2 and 20, and the middle of lesion 19; each in the whole and enlarged.
  expect(count(figure, 'class="other"')).toBe(6);
  const path = /class="rim" d="M([^Z]+)Z"/.exec(figure)![1]!;
  const points = path.split('L').map((point) => point.split(' ').map(Number) as [number, number]);
  const across = (axis: 0 | 1) => [Math.min(...points.map((p) => p[axis])), Math.max(...points.map((p) => p[axis]))];
  // Voxels 17 to 23 and 27 to 33, of 1.5 mm.
  expect([across(0), across(1)]).toEqual([[25.5, 36], [40.5, 51]]); // prettier-ignore
});

test('of many lesions the largest are shown, and the report says so', () => {
  const html = encodeReport(drawnResult(25), now);
  expect(count(html, '<figure>')).toBe(mostFigures);
  expect(html).toContain(`Largest slice of each lesion, the ${mostFigures} largest`);
  expect(count(html, '<tr><td>')).toBe(25);
});

test('no lesion is a result', () => {
  const html = encodeReport(drawnResult(0), now);
  expect(html).toContain('No lesion found at or above 0.50. Highest probability 0.10.');
  expect(html).not.toMatch(/<table>|<figure>|<image/);
});

test('that lesions were too small, or all rejected, is not that nothing was found', () => {
  const { map, about, ...rest } = drawnResult(0);
  const marked = { ...rest, map: { ...map, probabilities: map.probabilities.map(() => 0.98) } };
  expect(encodeReport({ ...marked, about }, now)).toContain(
    'No lesion of at least 20 mm³ found at or above 0.50. Highest probability 0.98.',
  );
  expect(encodeReport({ ...marked, about: { ...about, rejectedCount: 2 } }, now)).toContain(
    'No lesion left: 2 rejected.',
  );
});

test('a picture is reported in pixels', () => {
  const { volume, mask, map, lesions, ...rest } = drawnResult(2);
  const grid = { dims: volume.grid.dims, space: { kind: 'pixels' } } as const;
  const html = encodeReport(
    {
      ...rest,
      volume: { ...volume, grid, origin: { kind: 'picture' } },
      mask: { ...mask, grid },
      map: { ...map, grid },
      lesions: lesions.map((lesion) => ({ ...lesion, extent: undefined })),
    },
    now,
  );
  expect(html).toContain('pixels in all. Nothing is known in millimetres.');
  expect(html).toContain('spacing unknown');
  expect(count(html, '<figure>')).toBe(2);
});

test('a name cannot become markup', () => {
  const html = encodeReport(drawnResult(0, `<img src=x onerror="alert('1')">&`), now);
  expect(html).not.toContain('<img');
  expect(html).toContain('<h1>&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</h1>');
});
