import type { Dims } from '../domain/grid';
import type { FileBytes } from '../domain/scan';
import type { Warning } from '../domain/warnings';
import { skip, storedBytes, unzippedBytes, type ByteSource } from './byteSource';
import { corrupt, truncated, unsupported } from './failures';
import { headerText, numbersOf, vectorOf } from './headerText';
import { affineOfColumns, assumedThicknessMm, lpsToRas, patientSpace, unplaced, type Vector } from './patientSpace';
import type { StoredVolume } from './storedVolume';
import { textCoding, textVoxels } from './textVoxels';
import { checkVolumeDims } from './volumeBounds';
import type { VoxelType } from './voxels';

type Fields = ReadonlyMap<string, string>;

/** Text that begins with a key, whichever, and says how many dimensions there are. */
export function isMetaImage(head: Uint8Array): boolean {
  const text = new TextDecoder('latin1').decode(head);
  return /^\w+[ \t]*=/.test(text) && /^NDims[ \t]*=[ \t]*\d/m.test(text);
}

/**
 * MetaImage (.mha, .mhd), raw, zlib or text, in ITK's LPS.
 *
 * @param voxels  the second file of a .mhd; throws where there is none
 * @throws PipelineFailure 'truncated-file', 'corrupt-file', 'unsupported-variant', 'missing-data', 'volume-too-large',
 *   'image-too-small'
 */
export async function readMetaImage(blob: FileBytes, voxels: () => FileBytes): Promise<StoredVolume> {
  // "ElementDataFile … must be the last field" (MetaIO).
  const header = await headerText(blob, /^ElementDataFile\s*=.*(\r?\n|$)/m, false, 'MetaImage');
  const fields = parseFields(header.text);
  const { dims, volumeCount } = extent(fields);
  checkVolumeDims('MetaImage', dims);
  const type = voxelType(fields);
  const dataFile = fields.get('elementdatafile')!;
  if (/^LIST|%/.test(dataFile)) throw unsupported('MetaImage header with a file for every slice');
  const file = dataFile.toUpperCase() === 'LOCAL' ? blob.slice(header.bytes, blob.size) : voxels();
  const { space, warnings } = spaceOf(fields, dims);
  const isText = /^[f0]/i.test(fields.get('binarydata') ?? 'true');
  const bytesInAll = dims[0] * dims[1] * dims[2] * volumeCount * types[type].bytes;
  const more: readonly Warning[] = volumeCount > 1 ? [{ code: 'first-of-volumes', volumeCount }] : [];
  return {
    format: 'MetaImage',
    dims,
    space,
    coding: isText
      ? textCoding
      : { type: types[type].type, isLittleEndian: !isTrue(fields, byteOrderNames), slope: 1, intercept: 0 },
    data: isText
      ? await textVoxels(file, dims[0] * dims[1] * dims[2], 'MetaImage')
      : await voxelBytes(fields, file, bytesInAll),
    origin: { kind: 'volume', format: 'MetaImage' },
    warnings: [...warnings, ...more],
  };
}

function parseFields(text: string): Fields {
  const lines = text.split(/\r?\n/).map((line) => /^\s*(\w+)\s*=(.*)/.exec(line));
  return new Map(lines.flatMap((match) => (match ? [[match[1]!.toLowerCase(), match[2]!.trim()] as const] : [])));
}

const valueOf = (fields: Fields, names: readonly string[]) =>
  names.map((name) => fields.get(name)).find((value) => value !== undefined);

const byteOrderNames = ['binarydatabyteordermsb', 'elementbyteordermsb'];
/** MetaIO looks at the first letter alone. */
const isTrue = (fields: Fields, names: readonly string[]) => /^[t1]/i.test(valueOf(fields, names) ?? '');

function extent(fields: Fields): { readonly dims: Dims; readonly volumeCount: number } {
  const sizes = numbersOf(fields.get('dimsize') ?? '');
  const rank = Number(fields.get('ndims'));
  if (sizes.length !== rank || rank < 2)
    throw corrupt('MetaImage', 'its sizes and its dimension contradict each other');
  if (rank > 4) throw unsupported('MetaImage file of five or more dimensions');
  if (Number(fields.get('elementnumberofchannels') ?? 1) !== 1) {
    throw unsupported('MetaImage file with several values a voxel');
  }
  const [ni = 0, nj = 0, nk = 1, volumeCount = 1] = sizes;
  if (!(Number.isInteger(volumeCount) && volumeCount > 0)) {
    throw corrupt('MetaImage', 'one of its sides has no voxels');
  }
  return { dims: [ni, nj, nk], volumeCount };
}

/** MET_LONG has 4 bytes in MetaIO files of every system; MET_LONG_LONG has 8. */
const types = {
  MET_CHAR: { type: 'int8', bytes: 1 },
  MET_UCHAR: { type: 'uint8', bytes: 1 },
  MET_SHORT: { type: 'int16', bytes: 2 },
  MET_USHORT: { type: 'uint16', bytes: 2 },
  MET_INT: { type: 'int32', bytes: 4 },
  MET_UINT: { type: 'uint32', bytes: 4 },
  MET_LONG: { type: 'int32', bytes: 4 },
  MET_ULONG: { type: 'uint32', bytes: 4 },
  MET_LONG_LONG: { type: 'int64', bytes: 8 },
  MET_ULONG_LONG: { type: 'uint64', bytes: 8 },
  MET_FLOAT: { type: 'float32', bytes: 4 },
  MET_DOUBLE: { type: 'float64', bytes: 8 },
} as const satisfies Record<string, { type: VoxelType; bytes: number }>;

function voxelType(fields: Fields): keyof typeof types {
  const name = fields.get('elementtype') ?? '';
  const type = (Object.keys(types) as (keyof typeof types)[]).find((each) => each === name);
  if (type !== undefined) return type;
  throw /ARRAY/.test(name)
    ? unsupported('MetaImage file with several values a voxel')
    : corrupt('MetaImage', 'its voxel type is not one that exists');
}

/** Directions, offset and spacing; a row of the matrix is the direction of an axis. Three dimensions, or the first three of four. */
function spaceOf(fields: Fields, dims: Dims) {
  const rank = Number(fields.get('ndims'));
  const spacing = numbersOf(valueOf(fields, ['elementspacing', 'elementsize']) ?? '');
  if (rank === 2) return flatSpace(fields, spacing, dims);
  const size = vectorOf(spacing);
  if (!size || !size.every((side) => side > 0)) return unplaced;
  const matrix = valueOf(fields, ['transformmatrix', 'rotation', 'orientation']);
  const numbers = matrix === undefined ? undefined : numbersOf(matrix);
  if (numbers && numbers.length !== rank * rank) throw corrupt('MetaImage', 'its matrix does not fit its dimension');
  const steps = ([0, 1, 2] as const).map((axis) => {
    const direction = numbers
      ? vectorOf(numbers.slice(rank * axis, rank * axis + 3))!
      : (([0, 1, 2] as const).map((row) => Number(row === axis)) as unknown as Vector);
    return lpsToRas(direction.map((part) => part * size[axis]) as unknown as Vector);
  });
  const offset = numbersOf(valueOf(fields, ['offset', 'position', 'origin']) ?? '0 0 0 0');
  const { space, warnings } = patientSpace(
    affineOfColumns(steps, lpsToRas(vectorOf(offset) ?? [NaN, NaN, NaN])),
    dims,
    'MetaImage',
  );
  const isPlaceKnown = numbers !== undefined || space.kind === 'pixels';
  const unknown: readonly Warning[] = isPlaceKnown ? [] : [{ code: 'place-unknown' }];
  return { space, warnings: [...warnings, ...unknown] };
}

/** One slice lies on a plane of its own: no header says where that is in the patient, nor how thick it is. */
function flatSpace(fields: Fields, [x = NaN, y = NaN]: readonly number[], dims: Dims) {
  if (!(x > 0 && y > 0)) return unplaced;
  const matrix = numbersOf(valueOf(fields, ['transformmatrix', 'rotation', 'orientation']) ?? '1 0 0 1');
  if (matrix.length !== 4) throw corrupt('MetaImage', 'its matrix does not fit its dimension');
  const [a, b, c, d] = matrix as [number, number, number, number];
  const [u = NaN, v = NaN] = numbersOf(valueOf(fields, ['offset', 'position', 'origin']) ?? '0 0');
  const steps = ([[a * x, b * x, 0], [c * y, d * y, 0], [0, 0, assumedThicknessMm]] as const).map(lpsToRas); // prettier-ignore
  const { space, warnings } = patientSpace(affineOfColumns(steps, lpsToRas([u, v, 0])), dims, 'MetaImage');
  const assumed: readonly Warning[] =
    space.kind === 'pixels' ? [] : [{ code: 'place-unknown' }, { code: 'thickness-assumed', mm: assumedThicknessMm }];
  return { space, warnings: [...warnings, ...assumed] };
}

/** @param bytesInAll  of all volumes, for "HeaderSize = -1": whatever comes before the last of them */
async function voxelBytes(fields: Fields, file: FileBytes, bytesInAll: number): Promise<ByteSource> {
  const headerSize = Number(fields.get('headersize') ?? 0);
  if (!Number.isSafeInteger(headerSize) || headerSize < -1)
    throw corrupt('MetaImage', 'its header size is not a number');
  if (isTrue(fields, ['compresseddata'])) {
    const data = unzippedBytes(file, 'MetaImage');
    await skip(data, Math.max(0, headerSize), 'MetaImage');
    return data;
  }
  if (headerSize === -1 && file.size < bytesInAll) throw truncated('MetaImage');
  return storedBytes(file.slice(headerSize === -1 ? file.size - bytesInAll : headerSize, file.size));
}
