/** A sound file that fuzzing starts from, and how its parts are told. */

export interface SeedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Seed {
  readonly name: string;
  /** The first one is damaged; a pair's data or the other slices of a series lie beside it. */
  readonly files: readonly [SeedFile, ...SeedFile[]];
  /** Offsets at which chunks, segments, entries, elements, fields or lines begin, in order. */
  readonly starts: (bytes: Uint8Array) => readonly number[];
  /**
   * Brings checksums or compression of the first file in order again, so that damage reaches what lies behind them. Where
   * it is set, `bytes` of the first file are what comes before it.
   */
  readonly repair?: (bytes: Uint8Array) => Uint8Array;
}

/** In every text field and file name of every seed: no error may repeat it. */
export const canary = 'Zq7Canary';

export const formats = [
  'png',
  'jpeg',
  'webp',
  'tiff',
  'nifti',
  'analyze',
  'nrrd',
  'metaimage',
  'mgh',
  'dicom',
  'dicom-compressed',
  'zip',
] as const;

export type Format = (typeof formats)[number];
