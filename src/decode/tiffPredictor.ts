/** Predictors of TIFF: differences along a row (TIFF 6.0, section 14; Adobe Photoshop TIFF Technical Note 3), undone in place. */
import { unsupported } from './failures';
import type { SampleKind } from './tiffSegments';

interface PredictedRows {
  readonly predictor: number;
  readonly bytesPerRow: number;
  readonly samplesPerPixel: number;
  readonly kind: SampleKind;
  readonly isLittleEndian: boolean;
}

/** @throws PipelineFailure 'unsupported-variant' */
export function undoPredictorInto(bytes: Uint8Array, rows: PredictedRows): void {
  const { predictor, bytesPerRow, samplesPerPixel, kind, isLittleEndian } = rows;
  if (predictor === 1) return;
  const isWhole = kind.format !== 'float' && kind.bits >= 8;
  if (predictor !== 2 || !isWhole) throw unsupported(`TIFF with predictor ${predictor} on ${kind.bits}-bit samples`);
  const width = kind.bits / 8;
  const stride = samplesPerPixel * width;
  const view = new DataView(bytes.buffer);
  for (let row = 0; row < bytes.length; row += bytesPerRow) {
    for (let at = row + stride; at < row + bytesPerRow; at += width) {
      // Sums wrap at the samples' width, which the setters do by themselves.
      if (width === 1) bytes[at] = bytes[at]! + bytes[at - stride]!;
      else if (width === 2) {
        const sum = view.getUint16(at, isLittleEndian) + view.getUint16(at - stride, isLittleEndian);
        view.setUint16(at, sum, isLittleEndian);
      } else {
        const sum = view.getUint32(at, isLittleEndian) + view.getUint32(at - stride, isLittleEndian);
        view.setUint32(at, sum, isLittleEndian);
      }
    }
  }
}
