import type { Dims } from '../domain/grid';
import type { FileBytes } from '../domain/scan';
import type { Warning } from '../domain/warnings';
import { bytesOf, gunzippedBytes, skip, storedBytes, type ByteSource } from './byteSource';
import { corrupt, truncated, unsupported } from './failures';
import { headerText, numbersOf } from './headerText';
import { directionsOf, nrrdSpace } from './nrrdSpace';
import type { StoredVolume } from './storedVolume';
import { textCoding, textVoxels } from './textVoxels';
import { checkVolumeDims } from './volumeBounds';
import type { VoxelType } from './voxels';

/** No format's lines of text are longer. */
const maximumSkippedBytes = 2 ** 20;

/** Fields of the header by their names in lower case, aliases resolved (teem's "Definition of NRRD File Format"). */
export type NrrdFields = ReadonlyMap<string, string>;

export const isNrrd = (head: Uint8Array) => /^NRRD000[1-9]/.test(new TextDecoder('latin1').decode(head.subarray(0, 8)));

/**
 * NRRD, attached or detached, raw, gzip or text.
 *
 * @param voxels  the second file of a detached header; throws where there is none
 * @throws PipelineFailure 'truncated-file', 'corrupt-file', 'unsupported-variant', 'missing-data', 'volume-too-large',
 *   'image-too-small'
 */
export async function readNrrd(blob: FileBytes, voxels: () => FileBytes): Promise<StoredVolume> {
  const header = await headerText(blob, /\r?\n\r?\n/, true, 'NRRD');
  const fields = parseNrrdFields(header.text);
  const axes = spatialAxes(fields);
  checkVolumeDims('NRRD', axes.dims);
  const type = voxelType(fields);
  const dataFile = fields.get('data file');
  if (dataFile !== undefined && /^LIST|%/.test(dataFile)) throw unsupported('NRRD header with a file for every slice');
  const { space, warnings } = nrrdSpace(fields, axes.indices, axes.dims);
  const more: readonly Warning[] =
    axes.volumeCount > 1 ? [{ code: 'first-of-volumes', volumeCount: axes.volumeCount }] : [];
  const voxelCount = axes.dims[0] * axes.dims[1] * axes.dims[2];
  const file = await afterLines(fields, dataFile === undefined ? blob.slice(header.bytes, blob.size) : voxels());
  const isText = /^(ascii|txt|text)$/i.test(fields.get('encoding') ?? '');
  return {
    format: 'NRRD',
    dims: axes.dims,
    space,
    coding: isText ? textCoding : { type, isLittleEndian: isLittleEndian(fields, type), slope: 1, intercept: 0 },
    data: isText
      ? await textVoxels(skipped(fields, file), voxelCount, 'NRRD')
      : await voxelBytes(fields, file, voxelCount * axes.volumeCount * bytesOfType[type]!),
    origin: { kind: 'volume', format: 'NRRD' },
    warnings: [...warnings, ...more],
  };
}

const aliases: Readonly<Record<string, string>> = {
  datafile: 'data file',
  lineskip: 'line skip',
  byteskip: 'byte skip',
  centers: 'centerings',
};

function parseNrrdFields(text: string): NrrdFields {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/).slice(1)) {
    // "key:=value" are notes for people; "#" begins a comment.
    const match = /^([^#:]+):(?!=)\s*(.*)$/.exec(line);
    if (!match) continue;
    const name = match[1]!.trim().toLowerCase();
    fields.set(aliases[name] ?? name, match[2]!.trim());
  }
  return fields;
}

/** Kinds of axes that are in space; the last three say nothing. */
const spatialKinds = new Set(['domain', 'space', '???', 'none', '']);

interface SpatialAxes {
  readonly dims: Dims;
  /** Which axes of the file they are: space directions are listed for all. */
  readonly indices: readonly number[];
  readonly volumeCount: number;
}

function spatialAxes(fields: NrrdFields): SpatialAxes {
  const sizes = numbersOf(fields.get('sizes') ?? '');
  if (sizes.length === 0 || sizes.length > 16 || sizes.length !== Number(fields.get('dimension'))) {
    throw corrupt('NRRD', 'its sizes and its dimension contradict each other');
  }
  // Axes of another kind, or without a direction where directions are given, are not in space; nor are any beyond the third.
  const directions = directionsOf(fields) ?? [];
  const kinds = (fields.get('kinds') ?? '').toLowerCase().split(/\s+/);
  const isInSpace = (axis: number) => spatialKinds.has(kinds[axis] ?? '') && !/none/i.test(directions[axis] ?? '');
  const spatial = sizes.map((_, axis) => axis).filter(isInSpace).slice(0, 3); // prettier-ignore
  const others = sizes.map((_, axis) => axis).filter((axis) => !spatial.includes(axis) && sizes[axis] !== 1);
  const last = spatial.at(-1) ?? -1;
  if (others.some((axis) => axis < last)) throw unsupported('NRRD file with several values a voxel');
  if (others.length > 1) throw unsupported('NRRD file of five or more dimensions');
  const side = (n: number) => sizes[spatial[n] ?? -1] ?? 1;
  const volumeCount = others.reduce((count, axis) => count * sizes[axis]!, 1);
  if (!(Number.isInteger(volumeCount) && volumeCount > 0)) throw corrupt('NRRD', 'one of its sides has no voxels');
  return { dims: [side(0), side(1), side(2)], indices: spatial, volumeCount };
}

const types: readonly (readonly [VoxelType, RegExp])[] = [
  ['int8', /^(signed char|int8|int8_t)$/],
  ['uint8', /^(uchar|unsigned char|uint8|uint8_t)$/],
  ['int16', /^(short|short int|signed short|signed short int|int16|int16_t)$/],
  ['uint16', /^(ushort|unsigned short|unsigned short int|uint16|uint16_t)$/],
  ['int32', /^(int|signed int|int32|int32_t)$/],
  ['uint32', /^(uint|unsigned int|uint32|uint32_t)$/],
  ['int64', /^(longlong|long long|long long int|signed long long|signed long long int|int64|int64_t)$/],
  ['uint64', /^(ulonglong|unsigned long long|unsigned long long int|uint64|uint64_t)$/],
  ['float32', /^float$/],
  ['float64', /^double$/],
];

const bytesOfType: Readonly<Record<VoxelType, number>> = {
  int8: 1, uint8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4, int64: 8, uint64: 8, float32: 4, float64: 8,
}; // prettier-ignore

function voxelType(fields: NrrdFields): VoxelType {
  const name = fields.get('type')?.toLowerCase() ?? '';
  if (name === 'block') throw unsupported('NRRD file of opaque blocks');
  const type = types.find(([, names]) => names.test(name))?.[0];
  if (type === undefined) throw corrupt('NRRD', 'its voxel type is not one that exists');
  return type;
}

function isLittleEndian(fields: NrrdFields, type: VoxelType): boolean {
  const endian = fields.get('endian')?.toLowerCase();
  if (endian === 'little' || bytesOfType[type] === 1) return true;
  if (endian === 'big') return false;
  throw corrupt('NRRD', 'its byte order is missing');
}

/** Lines to skip are those of another format's header; they come before the bytes to skip, and before any compression. */
async function afterLines(fields: NrrdFields, file: FileBytes): Promise<FileBytes> {
  const lineSkip = Number(fields.get('line skip') ?? 0);
  if (!Number.isSafeInteger(lineSkip) || lineSkip < 0) throw corrupt('NRRD', 'its line skip is not a number of lines');
  if (lineSkip === 0) return file;
  const head = await bytesOf(file.slice(0, Math.min(maximumSkippedBytes, file.size)));
  let at = 0;
  for (let n = 0; n < lineSkip; n++) {
    const end = head.indexOf(10, at);
    if (end < 0) throw corrupt('NRRD', 'the lines that are to be skipped do not end');
    at = end + 1;
  }
  return file.slice(at, file.size);
}

function byteSkipOf(fields: NrrdFields): number {
  const byteSkip = Number(fields.get('byte skip') ?? 0);
  if (!Number.isSafeInteger(byteSkip) || byteSkip < -1) throw corrupt('NRRD', 'its byte skip is not a number of bytes');
  return byteSkip;
}

/** Of text; to count it from its end makes no sense there. */
function skipped(fields: NrrdFields, file: FileBytes): FileBytes {
  const byteSkip = byteSkipOf(fields);
  if (byteSkip === -1) throw unsupported('NRRD file of text that is read from its end');
  return file.slice(byteSkip, file.size);
}

/** @param bytesInAll  of all volumes, for "byte skip: -1": whatever comes before the last of them */
async function voxelBytes(fields: NrrdFields, file: FileBytes, bytesInAll: number): Promise<ByteSource> {
  const byteSkip = byteSkipOf(fields);
  const encoding = fields.get('encoding')?.toLowerCase();
  switch (encoding) {
    case 'raw': {
      if (byteSkip === -1 && file.size < bytesInAll) throw truncated('NRRD');
      return storedBytes(file.slice(byteSkip === -1 ? file.size - bytesInAll : byteSkip, file.size));
    }
    case 'gzip':
    case 'gz': {
      if (byteSkip === -1) throw unsupported('NRRD file of gzip that is read from its end');
      const data = gunzippedBytes(file, 'NRRD');
      await skip(data, byteSkip, 'NRRD');
      return data;
    }
    case 'bzip2':
    case 'bz2':
      throw unsupported('bzip2-compressed NRRD file');
    case 'hex':
      throw unsupported('NRRD file whose voxels are hexadecimal digits');
    default:
      throw corrupt('NRRD', 'its encoding is not one that exists');
  }
}
