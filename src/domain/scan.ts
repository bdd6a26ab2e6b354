/** What was chosen, and what can be opened of it: a picture, a volume, or one volume of a DICOM series. */
import type { Dims } from './grid';
import type { PipelineError } from './errors';
import type { Warning } from './warnings';

/** A file as it was chosen. */
export interface NamedFile {
  /** With its folders where they are known, '/' between them: "head/s1/im0001.dcm". */
  readonly path: string;
  readonly blob: FileBytes;
}

/** What is used of a Blob; a host without a page has its own. */
export interface FileBytes {
  readonly size: number;
  slice(start: number, end: number): FileBytes;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What a series or a file says it is; 'unknown' where it says nothing. */
export type Sequence = 'T1-CE' | 'T1' | 'T2' | 'FLAIR' | 'other' | 'unknown';

/** What a DICOM header says of a volume, for the list: no patient data. */
export interface SeriesFacts {
  /** As written, for the screen only; never in a file name, an error or a log. */
  readonly description: string;
  readonly number: number | undefined;
  readonly sequence: Sequence;
  readonly dims: Dims;
}

/** One thing that can be opened. Structured-cloneable: it holds files, not bytes. */
export interface Scan {
  /** Distinct within a survey. */
  readonly id: string;
  readonly kind: 'picture' | 'volume' | 'dicom';
  /** For the list: the file's name, or "Series 4" and which of its volumes. */
  readonly name: string;
  /** What outputs are called after: the file's name without its ending, or "series-4". */
  readonly stem: string;
  /** All the files it is made of: header and data of a pair, the instances of a series in the order of its slices. */
  readonly files: readonly NamedFile[];
  /** DICOM: which frames of which file are the slices, in order; undefined where a slice is missing. */
  readonly frames?: readonly (FrameReference | undefined)[];
  readonly series?: SeriesFacts;
  /** Readable oddities met while grouping. */
  readonly warnings: readonly Warning[];
}

export interface FrameReference {
  /** Index into `files`. */
  readonly file: number;
  /** From 0. */
  readonly frame: number;
}

/** Everything that was chosen, accounted for. */
export interface Survey {
  readonly scans: readonly Scan[];
  /** What cannot be opened, and why. */
  readonly refused: readonly { readonly path: string; readonly error: PipelineError }[];
  /** Files that are no images and harm nothing: DICOMDIR, read-me files, tables, hidden files. */
  readonly ignored: readonly string[];
}

/** Where a Volume came from: what an output in the input's own space needs of it. */
export type Origin =
  | { readonly kind: 'picture' }
  /** The header as stored, with its extensions, uncompressed: bytes 0 to vox_offset. */
  | { readonly kind: 'nifti'; readonly header: Uint8Array }
  | { readonly kind: 'volume'; readonly format: 'NRRD' | 'MetaImage' | 'MGH' | 'ANALYZE' }
  | DicomOrigin;

export interface DicomOrigin {
  readonly kind: 'dicom';
  /** These and those of the slices: '' where the file does not say it. */
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string;
  /** In the order of k; undefined where a slice is missing. */
  readonly slices: readonly (SliceReference | undefined)[];
  /** Patient and study attributes as written, for outputs that must repeat them. */
  readonly attributes: readonly DicomAttribute[];
}

export interface SliceReference {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** From 1; undefined for an instance of one frame. */
  readonly frameNumber: number | undefined;
}

export interface DicomAttribute {
  /** "00100010" */
  readonly tag: string;
  readonly vr: string;
  /** The value field as text, values parted by a backslash, without padding. */
  readonly value: string;
}
