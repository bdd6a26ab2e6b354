/** Real slices and what PyTorch makes of them, where this machine has both; a user's machine skips these tests. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../..');
const images = path.resolve(root, '../shared/data/t1ce-primary/images');
const python = process.env.METSIGHT_PYTHON;

export const cannotCompare = !existsSync(images) || python === undefined;
export const whyNot = 'needs the real slices of ../shared/data, and METSIGHT_PYTHON: a Python with PyTorch';

/** `count` slices, evenly spaced over the data set. */
export async function realSlices(count: number): Promise<string[]> {
  const names = (await readdir(images)).sort();
  return Array.from({ length: count }, (_, n) => path.join(images, names[Math.floor((n * names.length) / count)]!));
}

/** PyTorch's probabilities by file name without its ending, row by row, with the shipped float16 weights. */
export async function probabilitiesByPytorch(
  modelId: string,
  files: readonly string[],
): Promise<Map<string, Float32Array>> {
  const out = await mkdtemp(path.join(tmpdir(), 'metsight-parity-'));
  const model = path.join(root, 'public/models', modelId);
  await promisify(execFile)(python!, ['-m', 'metsight.predict', '--model', model, '--out', out, ...files], {
    cwd: root,
    env: { ...process.env, PYTHONPATH: path.join(root, 'training') },
  });
  const read = async (file: string) => {
    const { name } = path.parse(file);
    const bytes = await readFile(path.join(out, `${name}.f32`));
    return [name, new Float32Array(Uint8Array.from(bytes).buffer)] as const;
  };
  return new Map(await Promise.all(files.map(read)));
}

/** Largest |Δp| between a 16-bit probability PNG's values and PyTorch's. The PNG itself rounds by up to 7.6e-6. */
export function largestDifference(values: readonly number[], reference: Float32Array): number {
  if (values.length !== reference.length) throw new RangeError(`${values.length} and ${reference.length} pixels`);
  return values.reduce((largest, value, n) => Math.max(largest, Math.abs(value / 65535 - reference[n]!)), 0);
}
