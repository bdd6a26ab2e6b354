/**
 * `npm run faults`: every fault of the catalogue on WebGPU (software adapter, small picture) and on wasm, in the built page.
 * Faults of the GPU are not met on wasm, and not tried there. Passes if each ends in the right mask, to the bit, or in an error in words, and the next attempt works. Beside it the same
 * fault met by TensorFlow.js alone. Build first.
 *
 * Options: `--only <part of an id>`, `--column webgpu|wasm`, `--short` (the slice of it that `npm test` runs), `--no-bare`,
 * `--minutes 7` (begins nothing after that; what is missing then counts as failed), `--resume` (goes on with faults.json where it is of the same build).
 */
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bareBundle } from './bareBundle';
import { bareVerdict, playBare } from './bareStage';
import { faults } from './catalogue';
import type { Column, Fault, Models } from './fault';
import { root, withPage } from './launch';
import { shippedModel, shrunken } from './smallModel';
import { play, type Scene } from './stage';
import { verdictOn, type Mask, type References, type Verdict } from './verdict';

const file = path.join(root, 'faults.json');
const given = process.argv.slice(2);
const option = (name: string) => (given.includes(name) ? given[given.indexOf(name) + 1] : undefined);

interface Row extends Verdict {
  readonly id: string;
  readonly column: Column;
  readonly ms: number;
  readonly bare?: string;
}

const columns = (['webgpu', 'wasm'] as const).filter((one) => (option('--column') ?? one) === one);
const wanted = faults.filter(
  ({ id, isShort }) => id.includes(option('--only') ?? '') && (isShort || !given.includes('--short')),
);
/** The short run's first: a run that is broken off has then seen something of everything. */
const chosen = wanted.toSorted((a, b) => Number(b.isShort ?? false) - Number(a.isShort ?? false));

const isBareWanted = !given.includes('--no-bare');
const build = (JSON.parse(await readFile(path.join(root, 'dist/assets.json'), 'utf8')) as { id: string }).id;
const rows: Row[] = given.includes('--resume') ? await earlierRows() : [];
const own = await shippedModel('attention-unet-t1ce');
const other = await shippedModel('nested-unet-t1ce');
const models: Readonly<Record<Column, Models>> = {
  // Twenty seconds a slice at 256² on a software adapter, under one at 32².
  webgpu: { own: await shrunken(own, 8), other: await shrunken(other, 8) },
  wasm: { own, other },
};
const nothing: Fault = {
  id: 'nothing',
  what: 'nothing is broken',
  isBare: true,
  injection: { into: 'worker', name: 'none' },
};

const started = performance.now();
const minutes = Number(option('--minutes') ?? '60');
let isComplete = true;
await withPage(async (browser, address) => {
  const bundle = isBareWanted ? await bareBundle() : undefined;
  for (const column of columns) await runColumn({ browser, address, models: models[column], column }, bundle);
});
const failed = rows.filter(({ passes }) => !passes);
console.log(
  `\n${rows.length - failed.length} of ${rows.length} end in the right mask or an error in words, in ${Math.round((performance.now() - started) / 1000)} s`,
);
const wrong = rows.filter(({ bare }) => bare === 'WRONG' || bare === 'hangs').length;
if (isBareWanted)
  console.log(
    `TensorFlow.js alone: ${wrong} of ${rows.filter(({ bare }) => bare !== undefined).length} in a wrong answer or none`,
  );
if (!isComplete) console.log('Not all of it was run: go on with --resume.');
process.exitCode = failed.length === 0 && rows.length > 0 && isComplete ? 0 : 1;

async function runColumn(scene: Scene, bundle: string | undefined) {
  const { column } = scene;
  const references = await undisturbed(scene);
  const bareReference = bundle === undefined ? undefined : await playBare(scene, nothing, bundle);
  console.log(`\n${'fault'.padEnd(64)} ${column.padEnd(60)} TensorFlow.js alone`);
  for (const fault of chosen) {
    if (column === 'wasm' && fault.isOfGpu) continue;
    if (rows.some((row) => row.id === fault.id && row.column === column)) continue;
    if (performance.now() - started > minutes * 60_000) return void (isComplete = false);
    const began = performance.now();
    const verdict = await play(scene, fault).then(
      (outcome) => verdictOn(outcome, fault, column, references),
      (thrown: unknown): Verdict => ({ passes: false, text: `not played: ${String(thrown).split('\n')[0]}` }),
    );
    let bare: string | undefined;
    if (bundle !== undefined && fault.isBare && bareReference?.kind === 'answer') {
      bare = bareVerdict(await playBare(scene, fault, bundle), bareReference.probabilities);
    }
    rows.push({
      id: fault.id,
      column,
      ...verdict,
      ms: Math.round(performance.now() - began),
      ...(bare === undefined ? {} : { bare }),
    });
    console.log(`${verdict.passes ? '✓' : '✗'} ${fault.what.padEnd(62)} ${verdict.text.padEnd(60)} ${bare ?? '–'}`);
    // Whole or not at all, so that a run that is broken off can be gone on with.
    await writeFile(`${file}.part`, `${JSON.stringify({ build, rows }, undefined, 2)}\n`);
    await rename(`${file}.part`, file);
  }
}

/** Both columns' masks, of the model of this one: what takes over is held to the same. */
async function undisturbed(scene: Scene): Promise<References> {
  const wasm = await maskOf({ ...scene, column: 'wasm' }, 'wasm');
  return { wasm, webgpu: scene.column === 'webgpu' ? await maskOf(scene, 'webgpu') : wasm };
}

async function maskOf(scene: Scene, backend: Column): Promise<Mask> {
  const { first } = await play(scene, nothing);
  if (first.kind !== 'mask' || first.backend !== backend)
    throw new Error(`undisturbed, ${backend}: ${JSON.stringify(first)}`);
  return first;
}

async function earlierRows(): Promise<Row[]> {
  if (!existsSync(file)) return [];
  const earlier = JSON.parse(await readFile(file, 'utf8')) as { build: string; rows: Row[] };
  return earlier.build === build ? earlier.rows.filter(({ passes }) => passes) : [];
}
