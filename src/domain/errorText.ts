/** The only place that gives errors words: what happened, why, what to do. The page shows all three, the CLI one line. */
import type { PipelineError, Stage } from './errors';

export interface ErrorText {
  readonly title: string;
  /** What happened and why, one or two sentences. */
  readonly explanation: string;
  readonly remedy: string;
}

const formats = 'PNG, JPEG, TIFF or WebP';

const stageNames: Record<Stage, string> = {
  download: 'fetching the network',
  decode: 'reading the file',
  preprocess: 'preparing the picture',
  compile: 'preparing the network',
  infer: 'segmenting',
  postprocess: 'outlining',
  encode: 'writing the file',
};

const megapixels = (pixels: number) => `${Math.round(pixels / 1e6)} megapixels`;
const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`;

export function errorText(error: PipelineError): ErrorText {
  switch (error.code) {
    case 'empty-file':
      return {
        title: 'This file is empty',
        explanation: 'It has 0 bytes. It was probably cut off while copying.',
        remedy: 'Copy it again from the source.',
      };
    case 'unreadable-file':
      return {
        title: 'This file could not be read',
        explanation: 'The system did not give its content: it was moved, changed or removed, or it is a folder.',
        remedy: 'Choose it again.',
      };
    case 'unsupported-format':
      return {
        title: 'This is not a picture that can be read here',
        explanation: `Its content is ${error.found}, whatever its name says.`,
        remedy: `Save the slice as ${formats} and open that.`,
      };
    case 'unsupported-variant':
      return {
        title: 'This kind of picture is not read',
        explanation: `The file is ${/^[aeiou]/i.test(error.found) ? 'an' : 'a'} ${error.found}.`,
        remedy: `Save the slice as a plain ${formats} and open that.`,
      };
    case 'truncated-file':
      return {
        title: 'This file ends too early',
        explanation: `Its header promises more ${error.format} data than the file holds. It was probably cut off while copying.`,
        remedy: 'Copy it again from the source.',
      };
    case 'corrupt-file':
      return {
        title: 'This file is damaged',
        explanation: `It is a ${error.format} file that contradicts itself: ${error.problem}.`,
        remedy: 'Copy it again from the source, or save it anew with the program that made it.',
      };
    case 'image-too-small':
      return {
        title: 'This picture is too small',
        explanation: `It has ${error.width}×${error.height} pixels; at least ${error.minimum}×${error.minimum} are needed to show a head.`,
        remedy: 'Open the slice at its full size.',
      };
    case 'image-too-large':
      return {
        title: 'This picture is too large',
        explanation: `It claims ${error.width}×${error.height} pixels${error.pages > 1 ? ` on ${error.pages} pages` : ''}; up to ${megapixels(error.maximumPixels)} are read.`,
        remedy: 'No MRI slice is this large: crop or reduce it first.',
      };
    case 'volume-too-large':
      return {
        title: 'This volume is too large',
        explanation: `It claims ${error.dims.join('×')} voxels; up to ${error.maximumSide} a side and ${megapixels(error.maximumVoxels).replace('pixels', 'voxels')} in all are read.`,
        remedy: 'No MRI of a head is this large: crop or resample it first.',
      };
    case 'missing-data':
      return {
        title: 'The voxels of this file are missing',
        explanation: `It is only the header of a ${error.format} volume; the voxels are in a file of their own.`,
        remedy: 'Choose the two files together, or the folder they are in.',
      };
    case 'missing-header':
      return {
        title: 'The header of this file is missing',
        explanation: 'It holds only the voxels of a volume; how they lie is in a file of the same name ending in .hdr.',
        remedy: 'Choose the two files together, or the folder they are in.',
      };
    case 'not-mr':
      return {
        title: 'This is not an MR image',
        explanation: `It is ${error.found}. The networks know MR of the head, and nothing else.`,
        remedy: 'Choose a T1-weighted series with contrast agent, or a FLAIR series.',
      };
    case 'slice-geometry':
      return {
        title: 'The slices of this series do not make a volume',
        explanation: `Of its slices, ${error.problem}. A mask on a guessed geometry would be wrong.`,
        remedy: 'Export the series again, whole and as it was acquired.',
      };
    case 'archive':
      return {
        title: 'This archive cannot be opened',
        explanation: `It is not unpacked: ${error.problem}.`,
        remedy: 'Unpack it, and choose the folder.',
      };
    case 'file-too-large':
      return {
        title: 'This file is too large',
        explanation: `It has ${mebibytes(error.bytes)}; up to ${mebibytes(error.maximumBytes)} are read.`,
        remedy: 'Open single slices, or fewer at once.',
      };
    case 'model-unknown':
      return {
        title: 'There is no such network',
        explanation: `${error.modelId} is not among: ${error.known.join(', ')}.`,
        remedy: 'Choose one of these.',
      };
    case 'model-unreachable':
      return {
        title: 'The network could not be fetched',
        explanation: `${error.file} of ${error.modelId} is neither stored on this computer nor reachable.`,
        remedy: 'Reconnect once, or open the page where it was installed from, and try again.',
      };
    case 'model-integrity':
      return {
        title: 'The network’s file is not the one that was published',
        explanation: `${error.file} of ${error.modelId} does not have the checksum that it was published with, so no mask is made with it.`,
        remedy:
          'Try again, then reload the page, which may be older than the network. If it stays, the site’s copy is damaged: tell whoever hosts it.',
      };
    case 'model-invalid':
      return {
        title: 'The network’s description cannot be used',
        explanation: `The manifest of ${error.modelId} is not valid: ${error.problem}.`,
        remedy: 'Export the network again with this version’s training folder.',
      };
    case 'program-unreachable':
      return {
        title: 'A part of this program could not be fetched',
        explanation: `The program of ${error.part} did not arrive.`,
        remedy: 'Reconnect once, or open the page where it was installed from, and try again.',
      };
    case 'backend-unavailable':
      return {
        title: `${error.backend} is not available here`,
        explanation: error.reason,
        remedy: 'Choose another backend (?backend=wasm works everywhere), or update the browser.',
      };
    case 'inference-untrusted':
      return {
        title: 'The result could not be trusted',
        explanation: `${error.backend} gave an answer that failed its check (${error.reason}), so no mask is shown.`,
        remedy: 'Try again, or open the page with ?backend=wasm.',
      };
    case 'out-of-memory':
      return {
        title: 'Not enough memory',
        explanation: `The memory ran out while ${stageNames[error.stage]}.`,
        remedy: 'Close other tabs, or open fewer slices at once, and try again.',
      };
    case 'worker-lost':
      return {
        title: 'The computation stopped',
        explanation: 'The browser ended the background process. What you opened is still here.',
        remedy: 'Try again; a new process starts by itself.',
      };
    case 'cancelled':
      return { title: 'Cancelled', explanation: 'You stopped it.', remedy: 'Start it again when you like.' };
    case 'internal':
      return {
        title: 'Something went wrong in the program',
        explanation: `This is a fault of ours (${error.message}).`,
        remedy: 'Try again; if it stays, report it with “Copy details”.',
      };
  }
}

/** What happened, in one line, for a terminal. */
export function errorLine(error: PipelineError): string {
  const { title, explanation } = errorText(error);
  return `${title}: ${explanation}`;
}
