/** Looks for words in whatever bytes: as text in three encodings, within compressed streams, and as base64 and hex. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inflateRawSync, inflateSync, brotliDecompressSync } from 'node:zlib';

type Needle = readonly [encoding: string, bytes: Buffer];

/** As Latin-1, all in lower case: a program may fold case, and a byte of another kind is not made a letter by it. */
const lower = (bytes: Uint8Array) => Buffer.from(Buffer.from(bytes).toString('latin1').toLowerCase(), 'latin1');

function needles(word: string): readonly Needle[] {
  const plain = Buffer.from(word.toLowerCase(), 'latin1');
  // base64 of a text shows it at one of three alignments; the letters at the edges depend on the neighbours.
  const base64 = [0, 1, 2].map((shift): Needle => {
    const text = Buffer.from(' '.repeat(shift) + word).toString('base64');
    return ['base64', lower(Buffer.from(text.slice(Math.ceil((shift * 4) / 3) + 1, text.length - 4)))];
  });
  return [
    ['text', plain],
    ['utf-16le', Buffer.from(word.toLowerCase(), 'utf16le')],
    ['hex', Buffer.from(Buffer.from(word).toString('hex'))],
    ...base64,
  ];
}

/** @returns how each word is found, as "word (text)" */
export function tracesIn(bytes: Uint8Array, words: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const part of [bytes, ...inflatedIn(bytes)]) {
    const folded = lower(part);
    for (const word of words) {
      for (const [encoding, needle] of needles(word)) if (folded.includes(needle)) found.add(`${word} (${encoding})`);
    }
  }
  return [...found];
}

/** Whole files, and streams that begin within: gzip, zlib (PNG, HTTP caches), ZIP entries, brotli. */
function inflatedIn(bytes: Uint8Array): readonly Uint8Array[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  const attempt = (inflate: () => Uint8Array) => {
    try {
      parts.push(inflate());
    } catch {
      // No stream after all.
    }
  };
  const limits = { maxOutputLength: 2 ** 27, finishFlush: 2 } as const;
  for (
    let at = all.indexOf(Buffer.from([0x1f, 0x8b, 8]));
    at >= 0;
    at = all.indexOf(Buffer.from([0x1f, 0x8b, 8]), at + 1)
  ) {
    // Not `gunzip`, which refuses what is followed by anything but gzip. A name may stand before the stream (RFC 1952).
    const start = all[at + 3] === 8 ? all.indexOf(0, at + 10) + 1 : at + 10;
    attempt(() => inflateRawSync(all.subarray(start), limits));
  }
  for (let at = all.indexOf('IDAT'); at >= 0; at = all.indexOf('IDAT', at + 1)) {
    const start = at + 4;
    attempt(() => inflateSync(all.subarray(start), limits));
  }
  for (let at = all.indexOf('PK\x03\x04'); at >= 0; at = all.indexOf('PK\x03\x04', at + 1)) {
    const start = at + 30 + all.readUInt16LE(at + 26) + all.readUInt16LE(at + 28);
    attempt(() => inflateRawSync(all.subarray(start), limits));
  }
  if (all.length < 2 ** 20) attempt(() => brotliDecompressSync(all, { maxOutputLength: 2 ** 27 }));
  return parts;
}

export interface Trace {
  readonly file: string;
  readonly words: readonly string[];
}

/** LevelDB compresses with Snappy, which has no entropy coding: where a word first stands it stands as it is. */
export function tracesInFolder(folder: string, words: readonly string[]): readonly Trace[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => {
    const name = path.relative(folder, path.join(entry.parentPath, entry.name));
    const named = tracesIn(Buffer.from(name), words).map((one) => `${one} in its name`);
    const held = entry.isFile() ? tracesIn(readFileSync(path.join(folder, name)), words) : [];
    const all = [...named, ...held];
    return all.length === 0 ? [] : [{ file: name, words: all }];
  });
}
