/** The files of one result: a picture's masks as PNG, a volume's in the formats asked for, and the report beside them. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exportEnding, exportFormatsFor, type ExportFormat, type Result } from '../domain/exportFormat';
import type { Checkpoint } from '../domain/network';
import { encodeMaskPng, encodeProbabilityPng } from '../pipeline/encode';
import { exportResult } from '../pipeline/export';
import type { SegmentCommand } from './commandLine';
import { InputError } from './inputError';

/** What the report lists of them. */
export interface Outputs {
  readonly masks: readonly string[];
  /** Of a volume: all files but the report itself. */
  readonly outputs?: readonly string[];
}

type Asked = Pick<SegmentCommand, 'out' | 'formats' | 'hasProbability'>;

/** @throws InputError for a format that this input cannot have; Node's own error; PipelineFailure of an encoder */
export async function writeOutputs(
  result: Result,
  asked: Asked,
  checkpoint: Checkpoint,
  report: (outputs: Outputs) => object,
): Promise<void> {
  const write = (ending: string, bytes: Uint8Array | string) =>
    writeFile(path.join(asked.out, `${result.stem}${ending}`), bytes);
  const isPicture = result.volume.origin.kind === 'picture';
  const outputs = isPicture
    ? await writePicture(result, asked, checkpoint, write)
    : await writeVolume(result, asked, checkpoint, write);
  await write('.json', `${JSON.stringify(report(outputs), undefined, 2)}\n`);
}

type Write = (ending: string, bytes: Uint8Array | string) => Promise<void>;

async function writePicture(
  { stem, volume, mask, map }: Result,
  { hasProbability }: Asked,
  checkpoint: Checkpoint,
  write: Write,
): Promise<Outputs> {
  const slices = volume.grid.dims[2];
  const masks: string[] = [];
  for (let slice = 0; slice < slices; slice++) {
    const page = pageSuffix(slice, slices);
    await checkpoint('encode', slice, slices);
    await write(`${page}.mask.png`, encodeMaskPng(mask, slice));
    if (hasProbability) await write(`${page}.probability.png`, encodeProbabilityPng(map, slice));
    masks.push(`${stem}${page}.mask.png`);
  }
  return { masks };
}

/** Nothing for a single picture; `.p001` … for the pages of one file, wide enough to sort by name. */
function pageSuffix(slice: number, slices: number): string {
  if (slices === 1) return '';
  return `.p${String(slice + 1).padStart(Math.max(3, String(slices).length), '0')}`;
}

async function writeVolume(result: Result, asked: Asked, checkpoint: Checkpoint, write: Write): Promise<Outputs> {
  const possible = exportFormatsFor(result.volume);
  const formats: readonly ExportFormat[] = asked.hasProbability ? [...asked.formats, 'probability'] : asked.formats;
  const impossible = formats.find((format) => !possible.includes(format));
  if (impossible) throw new InputError(`--format ${impossible} needs a DICOM input`);
  const outputs: string[] = [];
  for (const [n, format] of formats.entries()) {
    await checkpoint('encode', n, formats.length);
    await write(`.${exportEnding[format]}`, exportResult(format, result));
    outputs.push(`${result.stem}.${exportEnding[format]}`);
  }
  return { masks: outputs.filter((name) => name.endsWith(exportEnding.nifti)), outputs };
}
