/** Are the probabilities true? Reliability near boundaries: `training/metsight/calibration.py` says why there. */
import { calibrationErrors, draw, interval, type Interval } from './bootstrap';
import { distanceTo, outlineOf, type Raster } from './surface';

/** 5 mm at 0.94 mm a pixel, in the network's picture of 256 pixels. */
const bandPx = 5.3;
const binCount = 15;
const over = 'pixels within 5.3 px (5 mm at 0.94 mm a pixel) of a true boundary';

export interface Reliability {
  /** Expected calibration error (Naeini et al. 2015); null over nothing. */
  readonly ece: number | null;
  readonly n: number;
  /** Of equal width; those that hold a pixel. */
  readonly bins: readonly { readonly probability: number; readonly lesionShare: number; readonly n: number }[];
}

export interface CalibrationFigures {
  readonly temperature: number;
  readonly over: string;
  /** As the network would answer without its temperature. */
  readonly before: Reliability;
  readonly after: Reliability;
  /** 95 % over patients, of the error after; null where fewer than 5 have such pixels. */
  readonly eceInterval: Interval | null;
}

/** Sums over the pixels of each bin. */
class Bins {
  readonly #counted = new Float64Array(binCount);
  readonly #said = new Float64Array(binCount);
  readonly #true = new Float64Array(binCount);

  add(probability: number, bin: number, isLesion: boolean) {
    const at = Math.min(Math.floor(bin), binCount - 1);
    this.#counted[at]!++;
    this.#said[at]! += probability;
    if (isLesion) this.#true[at]!++;
  }

  get count(): number {
    return this.#counted.reduce((a, b) => a + b, 0);
  }

  /** In each bin the sum of the probabilities less the number of lesion pixels. */
  get off(): Float64Array {
    return this.#said.map((said, bin) => said - this.#true[bin]!);
  }

  reliability(): Reliability {
    const n = this.count;
    const off = this.off.reduce((sum, value) => sum + Math.abs(value), 0);
    const bins = [...this.#counted.entries()].flatMap(([bin, count]) =>
      count > 0 ? [{ probability: this.#said[bin]! / count, lesionShare: this.#true[bin]! / count, n: count }] : [],
    );
    return { ece: n > 0 ? off / n : null, n, bins };
  }
}

/** Probabilities near true boundaries, slice after slice. */
export class CalibrationTally {
  readonly #temperature: number;
  readonly #before = new Bins();
  readonly #after = new Bins();
  /** Those after, patient by patient. */
  readonly #ofPatient = new Map<string, Bins>();

  /** @param temperature  by which the network's logits were divided */
  constructor(temperature: number) {
    this.#temperature = temperature;
  }

  add(patient: string, probabilities: Float32Array, truth: ArrayLike<number>, raster: Raster) {
    const edge = outlineOf(truth, raster);
    if (!edge.includes(1)) return;
    const furthest = (bandPx * Math.max(raster.cols, raster.rows)) / 256;
    const distances = distanceTo(edge, raster);
    const own = this.#ofPatient.get(patient) ?? new Bins();
    this.#ofPatient.set(patient, own);
    for (let at = 0; at < probabilities.length; at++) {
      if (distances[at]! > furthest) continue;
      const p = probabilities[at]!;
      const isLesion = truth[at]! > 0;
      // The bin as float32, like the probability.
      const bin = Math.fround(p * binCount);
      this.#after.add(p, bin, isLesion);
      own.add(p, bin, isLesion);
      if (this.#temperature === 1) continue;
      const before = 1 / (1 + Math.exp(-logit(p) * this.#temperature));
      this.#before.add(before, before * binCount, isLesion);
    }
  }

  /** @param patients  of the split, in the order in which they come, also those without such pixels */
  figures(patients: readonly string[]): CalibrationFigures {
    const after = this.#after.reliability();
    const before = this.#temperature === 1 ? after : this.#before.reliability();
    const errors = calibrationErrors(
      draw(patients.length),
      patients.map((patient) => this.#ofPatient.get(patient)),
    );
    const eceInterval = interval(errors, this.#ofPatient.size);
    return { temperature: this.#temperature, over, before, after, eceInterval };
  }
}

/** Probabilities that float32 rounded to 0 or 1 are taken as 1e-7 away from it. */
function logit(probability: number): number {
  const p = Math.min(Math.max(probability, 1e-7), 1 - 1e-7);
  return Math.log(p / (1 - p));
}
