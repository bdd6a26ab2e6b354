/** The files of one result: a picture's masks as PNG, a volume's in the formats asked for, and the report beside them. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  exportEnding,
  exportFormatsFor,
  holdsPatientData,
  lackingFor,
  pictureEnding,
  reportEnding,
  type ExportFormat,
  type Result,
} from '../domain/exportFormat';
import type { Checkpoint } from '../domain/network';
import type { Volume } from '../domain/volume';
import { encodeMaskPng, encodeProbabilityPng } from '../pipeline/encode';
import { exportResult, identityNotes } from '../pipeline/export';
import type { SegmentCommand } from './commandLine';
import { InputError } from './inputError';
import type { InputGuard } from './inputGuard';

/** What the report lists of them. */
export interface Outputs {
  readonly masks: readonly string[];
  /** All files but the report itself and a picture's PNGs. */
  readonly outputs?: readonly string[];
}

/** What of the formats asked for this input cannot have, as sentences; a picture has PNGs where a volume has NIfTI. */
export function omittedText(volume: Volume, formats: readonly ExportFormat[]): readonly string[] {
  const stands = (format: ExportFormat) => volume.origin.kind === 'picture' && (format === 'nifti' || format === 'png');
  return formats
    .filter((format) => !stands(format))
    .flatMap((format) => {
      const lacking = lackingFor(format, volume);
      return lacking === undefined ? [] : [`No ${format} was written: it needs ${lacking}.`];
    });
}

/** What of the patient's and the study's identity the DICOM outputs cannot repeat as it is written, as sentences. */
export const repeatedText = ({ origin }: Volume, formats: readonly ExportFormat[]): readonly string[] =>
  origin.kind === 'dicom' && formats.some(holdsPatientData) ? identityNotes(origin) : [];

type Asked = Pick<SegmentCommand, 'out' | 'formats' | 'hasProbability'> & { readonly isInput: InputGuard };

/**
 * @throws InputError for a format that this input cannot have, or an output that would overwrite an input; Node's own
 *   error; PipelineFailure of an encoder
 */
export async function writeOutputs(
  result: Result,
  asked: Asked,
  checkpoint: Checkpoint,
  report: (outputs: Outputs) => object,
): Promise<void> {
  const write = async (ending: string, bytes: Uint8Array | string) => {
    const name = `${result.stem}${ending}`;
    const target = path.join(asked.out, name);
    if (await asked.isInput(target)) throw new InputError(`${name} is an input, and is not overwritten`);
    await writeFile(target, bytes);
  };
  const isPicture = result.volume.origin.kind === 'picture';
  const outputs = isPicture
    ? await writePicture(result, asked, checkpoint, write)
    : await writeVolume(result, asked, checkpoint, write);
  await write(`.${reportEnding}`, `${JSON.stringify(report(outputs), undefined, 2)}\n`);
}

type Write = (ending: string, bytes: Uint8Array | string) => Promise<void>;

async function writePicture(
  result: Result,
  { hasProbability, formats }: Asked,
  checkpoint: Checkpoint,
  write: Write,
): Promise<Outputs> {
  const { stem, volume, mask, map, about } = result;
  const slices = volume.grid.dims[2];
  const masks: string[] = [];
  for (let slice = 0; slice < slices; slice++) {
    const page = pageSuffix(slice, slices);
    await checkpoint('encode', slice, slices);
    await write(`${page}.${pictureEnding.mask}`, encodeMaskPng(mask, slice, about));
    if (hasProbability) await write(`${page}.${pictureEnding.probability}`, encodeProbabilityPng(map, slice, about));
    masks.push(`${stem}${page}.${pictureEnding.mask}`);
  }
  const outputs = await writeFormats(result, formats, checkpoint, write);
  return outputs.length > 0 ? { masks, outputs } : { masks };
}

/** Nothing for a single picture; `.p001` … for the pages of one file, wide enough to sort by name. */
function pageSuffix(slice: number, slices: number): string {
  if (slices === 1) return '';
  return `.p${String(slice + 1).padStart(Math.max(3, String(slices).length), '0')}`;
}

async function writeVolume(result: Result, asked: Asked, checkpoint: Checkpoint, write: Write): Promise<Outputs> {
  const formats: readonly ExportFormat[] = asked.hasProbability ? [...asked.formats, 'probability'] : asked.formats;
  const outputs = await writeFormats(result, formats, checkpoint, write);
  const [first] = formats;
  if (first && outputs.length === 0) throw new InputError(omittedText(result.volume, [first]).join());
  return { masks: outputs.filter((name) => name.endsWith(exportEnding.nifti)), outputs };
}

/** Those of the formats that this input can have. @returns the files' names */
async function writeFormats(
  result: Result,
  formats: readonly ExportFormat[],
  checkpoint: Checkpoint,
  write: Write,
): Promise<string[]> {
  const possible = exportFormatsFor(result.volume);
  const outputs: string[] = [];
  for (const format of formats.filter((one) => possible.includes(one))) {
    await checkpoint('encode', outputs.length, formats.length);
    await write(`.${exportEnding[format]}`, exportResult(format, result));
    outputs.push(`${result.stem}.${exportEnding[format]}`);
  }
  return outputs;
}
