/** Damage to a file, as plain data: the same recipe gives the same bytes again. */
import fc from 'fast-check';

/** Places and parts are shares of the whole (0 to 1), so that any recipe fits any file. */
export type Damage =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'write'; readonly at: number; readonly values: readonly number[] }
  | { readonly kind: 'fill'; readonly at: number; readonly value: number; readonly count: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'remove' | 'repeat'; readonly at: number; readonly count: number }
  /** Bytes of another place, or of another file of the format. */
  | {
      readonly kind: 'splice';
      readonly at: number;
      readonly from: number;
      readonly count: number;
      readonly other: number;
    }
  /** A whole chunk, segment, entry, element, field or line. */
  | { readonly kind: 'drop-part' | 'repeat-part'; readonly part: number }
  | { readonly kind: 'swap-parts'; readonly part: number; readonly other: number }
  /** A number near the beginning of a part: lengths, counts and types are there. */
  | {
      readonly kind: 'number';
      readonly part: number;
      readonly offset: number;
      readonly bytes: 1 | 2 | 4 | 8;
      readonly isLittle: boolean;
      readonly value: number | 'length' | 'half' | 'beyond';
    }
  /** A number in a text header or a text element. */
  | { readonly kind: 'digits'; readonly at: number; readonly text: string };

/** Not `fc.double`, which draws among the numbers that a double can be: most of them are next to 0. */
const upTo = (most: number) => fc.integer({ min: 0, max: 999_999 }).map((n) => (n / 1e6) * most);
const share = upTo(1);

/** Places near the front are likelier: that is where headers are. */
const place = fc.oneof(share, upTo(0.1));

const byte = fc.integer({ min: 0, max: 255 });

const limits = [
  0, 1, 2, 3, 7, 8, 16, 31, 33, 64, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7ffffff, 0x7fffffff,
  0x80000000, 0xfffffffe, 0xffffffff,
]; // prettier-ignore

const texts = [
  '', '0', '1', '2', '3', '4', '5', '16', '31', '33', '-1', '-0', '0.5', '1e-30', '32767', '65536', '2147483648',
  '4294967296', '1e9', '1e308', '1e999', '-1e9', 'NaN', 'Infinity', '99999999999999999999', 'none', '(1,2,3)', '%',
]; // prettier-ignore

const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.integer({ min: 0, max: 7 }) }) }, // prettier-ignore
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('write' as const), at: place, values: fc.array(byte, { minLength: 1, maxLength: 4 }) }) }, // prettier-ignore
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fill' as const), at: place, value: fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), count: fc.constantFrom(2, 4, 8, 64) }) }, // prettier-ignore
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('remove' as const, 'repeat' as const), at: place, count: fc.integer({ min: 1, max: 40 }) }) }, // prettier-ignore
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('splice' as const), at: place, from: share, count: fc.integer({ min: 1, max: 300 }), other: share }) }, // prettier-ignore
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('drop-part' as const, 'repeat-part' as const), part: share }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('swap-parts' as const), part: share, other: share }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('number' as const),
      part: share,
      offset: fc.integer({ min: 0, max: 15 }),
      bytes: fc.constantFrom(1 as const, 2 as const, 4 as const, 8 as const),
      isLittle: fc.boolean(),
      value: fc.oneof(
        fc.constantFrom(...limits),
        fc.constantFrom('length' as const, 'half' as const, 'beyond' as const),
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('digits' as const), at: place, text: fc.constantFrom(...texts) }) }, // prettier-ignore
);

export const damages = (most: number) => fc.array(damage, { minLength: 1, maxLength: most });

export interface Target {
  readonly starts: (bytes: Uint8Array) => readonly number[];
  /** First files of the format's seeds, for splices. */
  readonly others: readonly Uint8Array[];
}

/** @returns a new array; damage that finds nothing to damage changes nothing */
export function damaged(bytes: Uint8Array, one: Damage, { starts, others }: Target): Uint8Array {
  const whole = bytes.slice();
  const indexOf = (at: number) => Math.floor(at * whole.length);
  const part = (at: number): readonly [start: number, end: number] => {
    const all = starts(whole);
    const n = Math.floor(at * all.length);
    return [all[n] ?? 0, all[n + 1] ?? whole.length];
  };
  switch (one.kind) {
    case 'flip':
      if (whole.length > 0) whole[indexOf(one.at)]! ^= 1 << one.bit;
      return whole;
    case 'write': {
      const start = indexOf(one.at);
      whole.set(one.values.slice(0, whole.length - start), start);
      return whole;
    }
    case 'fill':
      return whole.fill(one.value, indexOf(one.at), indexOf(one.at) + one.count);
    case 'cut':
      return whole.slice(0, indexOf(one.at));
    case 'remove':
      return joined(whole.subarray(0, indexOf(one.at)), whole.subarray(indexOf(one.at) + one.count));
    case 'repeat':
      return joined(whole.subarray(0, indexOf(one.at) + one.count), whole.subarray(indexOf(one.at)));
    case 'splice': {
      const source = others[Math.floor(one.other * others.length)] ?? whole;
      const from = Math.floor(one.from * source.length);
      return joined(whole.subarray(0, indexOf(one.at)), source.subarray(from, from + one.count), whole.subarray(indexOf(one.at))); // prettier-ignore
    }
    case 'drop-part': {
      const [start, end] = part(one.part);
      return joined(whole.subarray(0, start), whole.subarray(end));
    }
    case 'repeat-part': {
      const [start, end] = part(one.part);
      return joined(whole.subarray(0, end), whole.subarray(start, end), whole.subarray(end));
    }
    case 'swap-parts': {
      const [[a, aEnd], [b, bEnd]] = [part(one.part), part(one.other)].sort(([x], [y]) => x - y) as [[number, number], [number, number]]; // prettier-ignore
      if (aEnd > b) return whole;
      return joined(whole.subarray(0, a), whole.subarray(b, bEnd), whole.subarray(aEnd, b), whole.subarray(a, aEnd), whole.subarray(bEnd)); // prettier-ignore
    }
    case 'number': {
      const at = part(one.part)[0] + one.offset;
      if (at + one.bytes > whole.length) return whole;
      const values = { length: whole.length, half: whole.length >> 1, beyond: whole.length + 1 };
      writeInto(whole, at, one.bytes, one.isLittle, typeof one.value === 'number' ? one.value : values[one.value]);
      return whole;
    }
    case 'digits':
      return withNumber(whole, indexOf(one.at), one.text);
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function writeInto(target: Uint8Array, at: number, bytes: 1 | 2 | 4 | 8, isLittle: boolean, value: number) {
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  if (bytes === 1) view.setUint8(at, value & 0xff);
  else if (bytes === 2) view.setUint16(at, value & 0xffff, isLittle);
  else if (bytes === 4) view.setUint32(at, value, isLittle);
  else view.setBigUint64(at, BigInt(value), isLittle);
}

const isDigit = (byte: number) => (byte >= 48 && byte <= 57) || byte === 46 || byte === 45;

/** The first number in ASCII from `from` on, within the next 400 bytes, replaced. */
function withNumber(bytes: Uint8Array, from: number, text: string): Uint8Array {
  let start = from;
  while (start < from + 400 && start < bytes.length && !isDigit(bytes[start]!)) start++;
  let end = start;
  while (end < bytes.length && isDigit(bytes[end]!)) end++;
  if (end === start) return bytes;
  return joined(bytes.subarray(0, start), new TextEncoder().encode(text), bytes.subarray(end));
}
