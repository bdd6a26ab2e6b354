import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ZipMember, zipFile } from './fixtures/zipFile';
import { unzipEntry, zipEntries } from './unzip';

const text = (words: string) => new TextEncoder().encode(words);
const archiveOf = (members: readonly ZipMember[], end?: 'wide') => new Blob([zipFile(members, end)]);

/** All files by their paths, as text. */
async function unpacked(archive: Blob): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await zipEntries(archive)) {
    const { blob } = await unzipEntry(archive, entry);
    files[entry.path] = new TextDecoder().decode(await blob.arrayBuffer());
  }
  return files;
}

const problemOf = (archive: Blob) =>
  unpacked(archive).then(
    () => undefined,
    (thrown: { error: { code: string; problem: string } }) => `${thrown.error.code}: ${thrown.error.problem}`,
  );

describe('an archive', () => {
  const members: ZipMember[] = [
    { path: 'a/1.dcm', bytes: text('first '.repeat(100)) },
    { path: 'a/é.dcm', bytes: text('second'), method: 0 },
  ];
  const files = { 'a/1.dcm': 'first '.repeat(100), 'a/é.dcm': 'second' };

  it('is unpacked, compressed files and stored ones', async () => {
    expect(await unpacked(archiveOf(members))).toEqual(files);
  });

  it('in the ZIP64 format is unpacked too: of its directory, of its files, of both', async () => {
    const wide = members.map((member) => ({ ...member, fields: 'wide' }) as const);
    expect(await unpacked(archiveOf(members, 'wide'))).toEqual(files);
    expect(await unpacked(archiveOf(wide))).toEqual(files);
    expect(await unpacked(archiveOf(wide, 'wide'))).toEqual(files);
  });

  it('that claims more than its bytes can hold is refused before anything is inflated', async () => {
    const lying = { path: 'a', bytes: text('b'), claimedBytes: 2 ** 27 };
    expect(await problemOf(archiveOf([lying]))).toBe('archive: it claims more than its bytes can hold');
    const wide = { ...lying, claimedBytes: 2 ** 60, fields: 'wide' } as const;
    expect(await problemOf(archiveOf([wide]))).toBe('archive: it would unpack to a file that is too large');
  });

  it('whose file inflates to more than it claims is not inflated further', async () => {
    const bomb = { path: 'a', bytes: new Uint8Array(2 ** 24), claimedBytes: 1000 };
    expect(await problemOf(archiveOf([bomb]))).toMatch(/^corrupt-file/);
  });

  it('whose file was damaged is not taken for whole', async () => {
    const bytes = zipFile([{ path: 'a', bytes: text('voxels'), method: 0 }]);
    bytes[bytes.indexOf(text('x')[0]!, 30)]! ^= 1;
    expect(await problemOf(new Blob([bytes]))).toBe('corrupt-file: a file in it does not unpack to what it claims');
  });

  it('of more than a study can have is refused by its sum', async () => {
    const bytes = new Uint8Array(2 ** 16);
    const bombs = Array.from({ length: 20 }, (_, n) => ({ path: `${n}`, bytes, method: 0, claimedBytes: 2 ** 26 }));
    expect(await problemOf(archiveOf(bombs))).toMatch(/^archive: it would unpack to 1280 MiB/);
  });

  it('that is encrypted, cut off or packed in another way is refused by name', async () => {
    const [first] = members as [ZipMember];
    expect(await problemOf(archiveOf([{ ...first, isEncrypted: true }]))).toBe('archive: it is encrypted');
    expect(await problemOf(archiveOf([{ ...first, method: 12 }]))).toMatch(/^archive: its compression is neither/);
    const whole = archiveOf(members, 'wide');
    for (const bytes of [30, 200, whole.size - 30, whole.size - 100]) {
      expect(await problemOf(whole.slice(0, bytes))).toBe('archive: it is cut off, or damaged');
    }
  });
});

const python = process.env.METSIGHT_PYTHON;

describe.skipIf(!python)('an archive that Python wrote', () => {
  it('to a pipe, in 64 bits, is unpacked', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'metsight-zip-'));
    try {
      const file = path.join(folder, 'a.zip');
      const program = `
import zipfile, sys
class Pipe:
    def __init__(self, file): self.file = file
    def write(self, data): return self.file.write(data)
    def flush(self): self.file.flush()
with open(sys.argv[1], "wb") as out, zipfile.ZipFile(Pipe(out), "w", zipfile.ZIP_DEFLATED) as archive:
    with archive.open(zipfile.ZipInfo("s/im1"), "w", force_zip64=True) as member:
        member.write(b"voxels" * 50)
`;
      execFileSync(python!, ['-c', program, file]);
      expect(await unpacked(new Blob([readFileSync(file)]))).toEqual({ 's/im1': 'voxels'.repeat(50) });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
