/** The command line on the same file: what the page must agree with. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Picture } from './journey';

const root = path.resolve(import.meta.dirname, '../..');

/** Runs `metsight segment` with the weights that the built page serves, and gives what it wrote, by name. */
export async function segmentByCommandLine(picture: Picture, ...more: readonly string[]): Promise<Map<string, Buffer>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'metsight-e2e-'));
  const input = path.join(folder, picture.name);
  const out = path.join(folder, 'out');
  await writeFile(input, picture.buffer);
  const args = ['--import', 'tsx', path.join(root, 'src/cli/main.ts'), 'segment', input, '--out', out];
  const models = ['--models', path.join(root, 'dist/models')];
  await promisify(execFile)(process.execPath, [...args, ...models, ...more], { cwd: root });
  const names = await readdir(out);
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(path.join(out, name))] as const)));
}
