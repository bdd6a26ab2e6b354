/** FIPS 180-4. Browsers offer it on https and localhost only; on a plain intranet address the same is computed here. */

/** @returns 64 hexadecimal digits, lower case */
export async function sha256(bytes: Uint8Array): Promise<string> {
  // A copy, because browsers do not hash a view of shared memory.
  const whole = new Uint8Array(bytes);
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  return hexadecimal(subtle ? new Uint8Array(await subtle.digest('SHA-256', whole)) : digest(whole));
}

const hexadecimal = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** §4.2.2, §5.3.3: the first 32 bits of the fractional parts of cube and square roots of the first primes. */
const primes = Array.from({ length: 312 }, (_, n) => n).filter((n) => n > 1 && !divisorBelow(n));
const roundConstants = Uint32Array.from(primes.slice(0, 64), (prime) => fraction(Math.cbrt(prime)));
const initialHash = Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

function divisorBelow(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return true;
  return false;
}

function fraction(root: number): number {
  return Math.floor((root - Math.floor(root)) * 2 ** 32);
}

const rotated = (x: number, by: number) => (x >>> by) | (x << (32 - by));

/** §5.1.1, §6.2.2. @returns 32 bytes */
function digest(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array((((message.length + 8) >> 6) + 1) << 6);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
  const hash = initialHash.slice();
  const w = new Uint32Array(64);
  for (let block = 0; block < padded.length; block += 64) {
    for (let t = 0; t < 16; t++) w[t] = view.getUint32(block + 4 * t);
    for (let t = 16; t < 64; t++) {
      const early = w[t - 15]!;
      const late = w[t - 2]!;
      const sigma0 = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3);
      const sigma1 = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10);
      w[t] = w[t - 16]! + sigma0 + w[t - 7]! + sigma1;
    }
    let [a, b, c, d, e, f, g, h] = hash as unknown as [number, number, number, number, number, number, number, number];
    for (let t = 0; t < 64; t++) {
      const sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
      const t1 = h + sum1 + ((e & f) ^ (~e & g)) + roundConstants[t]! + w[t]!;
      const sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
      const t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    for (const [n, word] of [a, b, c, d, e, f, g, h].entries()) hash[n] = hash[n]! + word;
  }
  const bytes = new DataView(new ArrayBuffer(32));
  for (const [n, word] of hash.entries()) bytes.setUint32(4 * n, word);
  return new Uint8Array(bytes.buffer);
}
