import { unsupported } from '../failures';

/** 'gdcm': one of JPEG, JPEG-LS and JPEG 2000, which GDCM tells apart itself. */
export type Codec = 'none' | 'rle' | 'gdcm';

/** PS3.5 annex A; PS3.6 table A-1. */
const codecs: Record<string, Codec> = {
  '1.2.840.10008.1.2': 'none',
  '1.2.840.10008.1.2.1': 'none',
  '1.2.840.10008.1.2.1.99': 'none',
  '1.2.840.10008.1.2.2': 'none',
  '1.2.840.10008.1.2.5': 'rle',
  '1.2.840.10008.1.2.4.50': 'gdcm',
  '1.2.840.10008.1.2.4.51': 'gdcm',
  '1.2.840.10008.1.2.4.57': 'gdcm',
  '1.2.840.10008.1.2.4.70': 'gdcm',
  '1.2.840.10008.1.2.4.80': 'gdcm',
  '1.2.840.10008.1.2.4.81': 'gdcm',
  '1.2.840.10008.1.2.4.90': 'gdcm',
  '1.2.840.10008.1.2.4.91': 'gdcm',
};

const refused: readonly (readonly [uid: RegExp, found: string])[] = [
  [/^1\.2\.840\.10008\.1\.2\.4\.10[0-9]/, 'video (DICOM)'],
  [/^1\.2\.840\.10008\.1\.2\.4\.20[1-3]$/, 'image compressed as High-Throughput JPEG 2000 (DICOM)'],
  [/^1\.2\.840\.10008\.1\.2\.4\.11[0-2]$/, 'image compressed as JPEG XL (DICOM)'],
];

/** @throws PipelineFailure 'unsupported-variant' */
export function codecOf(transferSyntax: string): Codec {
  const codec = codecs[transferSyntax];
  if (codec) return codec;
  const found = refused.find(([uid]) => uid.test(transferSyntax))?.[1];
  throw unsupported(found ?? 'image in an unknown compression (DICOM)');
}
