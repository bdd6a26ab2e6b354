/** A split's figures for a terminal. */
import { allSizes, type Found } from './scores';
import type { ReportedEvaluation } from './report';
import type { SplitFigures } from './splitTally';

const figure = (value: number | null) => (value === null ? '—' : value.toFixed(3));
const range = (interval: readonly [number, number] | null | undefined) =>
  interval ? `${interval[0].toFixed(2)}–${interval[1].toFixed(2)}` : '—';
const ofN = ({ found, n }: Found) => (n === 0 ? '—' : `${found}/${n}`);

export function evaluationLines({ model: { id, sha256 }, threshold, splits }: ReportedEvaluation): string[] {
  const hashes = sha256.split(' + ').map((hash) => hash.slice(0, 12));
  return [`${id} ${hashes.join(' + ')}, threshold ${threshold}`, ...figuresTable(splits)];
}

/** A line a split, with a heading. */
export function figuresTable(splits: readonly SplitFigures[]): string[] {
  const heading = [
    ['set', 'split', 'slices', 'patients', 'slice Dice', '95 %', 'median', 'n', 'patient Dice', '95 %', 'n'],
    ['undefined', 'false positives', ...allSizes.map((name) => (name === 'all' ? 'all lesions' : `${name} mm`))],
    ['marks touching', 'F1', 'HD95 px', 'ECE'],
  ].flat();
  const rows = splits.map((s) => [
    ...[s.set, s.split, String(s.slices), String(s.patients)],
    ...[figure(s.sliceDice.mean), range(s.intervals?.sliceDiceMean), figure(s.sliceDice.median), String(s.sliceDice.n)],
    ...[figure(s.patientDice.mean), range(s.intervals?.patientDiceMean), String(s.patientDice.n)],
    String(s.patientDice.undefined),
    ofN({ found: s.tumourFree.withFalsePositive, n: s.tumourFree.n }),
    ...allSizes.map((name) => ofN(s.lesionSensitivity[name])),
    ofN({ found: s.lesionPrecision.all.touching, n: s.lesionPrecision.all.n }),
    ...[figure(s.lesionF1.all), figure(s.hd95.px.median), figure(s.calibration.after.ece)],
  ]);
  const widths = heading.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [heading, ...rows].map(line);
}
