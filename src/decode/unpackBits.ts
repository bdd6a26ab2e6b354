/**
 * Samples of 1, 2 or 4 bits, packed from the high bit down, each row starting on a byte (PNG 7.2; TIFF 6.0, FillOrder 1).
 *
 * @returns one byte a sample, 0 to 2^bits - 1, `samplesPerRow` × `rows`
 */
export function unpackBits(packed: Uint8Array, samplesPerRow: number, rows: number, bits: 1 | 2 | 4): Uint8Array {
  const samples = new Uint8Array(samplesPerRow * rows);
  const bytesPerRow = Math.ceil((samplesPerRow * bits) / 8);
  const top = 2 ** bits - 1;
  for (let row = 0, to = 0; row < rows; row++) {
    for (let i = 0; i < samplesPerRow; i++) {
      const bit = i * bits;
      samples[to++] = (packed[row * bytesPerRow + (bit >> 3)]! >> (8 - bits - (bit & 7))) & top;
    }
  }
  return samples;
}
