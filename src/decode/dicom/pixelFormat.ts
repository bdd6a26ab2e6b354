/** How pixels are stored (PS3.3 C.7.6.3.1): checked before a byte of them is read. */
import type { DataSet } from 'dicom-parser';
import { minimumSidePx } from '../bounds';
import { PipelineFailure } from '../../domain/errors';
import { corrupt, unsupported } from '../failures';
import { item, text } from './attributes';
import { codecOf, type Codec } from './codecs';
import { format, transferSyntaxes } from './header';
import { tag } from './tags';

export interface PixelFormat {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: 8 | 16 | 32;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly isSigned: boolean;
  /** The lowest value is white. */
  readonly isInverted: boolean;
  readonly codec: Codec;
  readonly isBigEndian: boolean;
  /** 8-bit pixels in 16-bit words (OW), which big endian turns around. */
  readonly isSwapped: boolean;
  /** Of an uncompressed frame. */
  readonly frameBytes: number | undefined;
  /** No frame is stored in fewer: what a header claims is held against it before anything is allocated. */
  readonly leastFrameBytes: number;
}

/** A side that no scanner makes; a decoder would allocate by it. */
const maximumSidePx = 4096;

/** Two bytes stand for 128 at most (PS3.5 G.3.1). */
const rleRatio = 64;

/** Its headers alone; how well an even picture is compressed has no bound. */
const leastCodestreamBytes = 24;

/** @throws PipelineFailure 'unsupported-variant', 'corrupt-file', 'image-too-small', 'image-too-large' */
export function pixelFormat(dataSet: DataSet, transferSyntax: string, vr: string | undefined): PixelFormat {
  const unsigned = (name: string) => dataSet.uint16(name);
  const photometric = text(dataSet, tag.photometricInterpretation) ?? 'MONOCHROME2';
  if ((unsigned(tag.samplesPerPixel) ?? 1) !== 1 || !photometric.startsWith('MONOCHROME')) {
    throw unsupported('colour image (DICOM)');
  }
  if (item(dataSet, tag.modalityLutSequence))
    throw unsupported('image whose values go through a look-up table (DICOM)');
  const rows = unsigned(tag.rows) ?? 0;
  const columns = unsigned(tag.columns) ?? 0;
  if (rows === 0 || columns === 0) throw corrupt(format, 'one of its sides has 0 pixels');
  if (Math.max(rows, columns) > maximumSidePx) {
    throw new PipelineFailure({
      code: 'image-too-large',
      width: columns,
      height: rows,
      pages: 1,
      maximumPixels: maximumSidePx ** 2,
    });
  }
  if (Math.min(rows, columns) < minimumSidePx) {
    throw new PipelineFailure({ code: 'image-too-small', width: columns, height: rows, minimum: minimumSidePx });
  }
  const bitsAllocated = unsigned(tag.bitsAllocated) ?? 0;
  if (bitsAllocated !== 8 && bitsAllocated !== 16 && bitsAllocated !== 32) {
    throw unsupported(`image of ${bitsAllocated} bits a pixel (DICOM)`);
  }
  const bitsStored = unsigned(tag.bitsStored) ?? bitsAllocated;
  const highBit = unsigned(tag.highBit) ?? bitsStored - 1;
  if (bitsStored < 1 || bitsStored > bitsAllocated || highBit < bitsStored - 1 || highBit >= bitsAllocated) {
    throw corrupt(format, 'its pixels have more bits than room for them');
  }
  const codec = codecOf(transferSyntax);
  const decodedBytes = (rows * columns * bitsAllocated) / 8;
  const isBigEndian = transferSyntax === transferSyntaxes.explicitBigEndian;
  return {
    rows,
    columns,
    bitsAllocated,
    bitsStored,
    highBit,
    isSigned: unsigned(tag.pixelRepresentation) === 1,
    isInverted: photometric === 'MONOCHROME1',
    codec,
    isBigEndian,
    isSwapped: isBigEndian && bitsAllocated === 8 && vr === 'OW',
    frameBytes: codec === 'none' ? decodedBytes : undefined,
    leastFrameBytes: codec === 'none' ? decodedBytes : codec === 'rle' ? decodedBytes / rleRatio : leastCodestreamBytes,
  };
}
