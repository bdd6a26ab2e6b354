/** One model, as `public/models/<id>/manifest.json` states it. Training writes it; this program parses it and guesses nothing. */
import { PipelineFailure } from '../domain/errors';
import { FieldFault, fields, list, number, oneOf, optional, pair, text, whole, type Rule } from './fields';

/** The same recipe that `training/metsight/preprocess.py` ran. */
export interface PreprocessRecipe {
  readonly inputSize: readonly [rows: number, cols: number];
  /** Images deeper than 8 bit: window between two percentiles of the volume's finite non-zero voxels. */
  readonly intensity: {
    readonly kind: 'percentile';
    readonly low: number;
    readonly high: number;
    readonly over: 'non-zero';
  };
  /** By the named interpolation, centred, zero-padded. */
  readonly grid: {
    /** With spacing: the slice plane at so many millimetres a pixel. */
    readonly kind: 'physical';
    readonly spacingMm: number;
    /** The longer side to the input size. */
    readonly withoutSpacing: 'longer-side';
    readonly interpolation: 'triangle';
    readonly padding: 'zero';
    /** Of the content: the box, over the whole volume, around all that is not air. A picture is all content. */
    readonly placement: 'centre';
    /** Air is what is under this after the intensity step, 0 to 255. */
    readonly airBelow: number;
    /** Content which does not fit with this around it is covered by several windows … */
    readonly marginPx: number;
    /** … that share at least this many rows or columns with their neighbours. */
    readonly overlapPx: number;
  };
  readonly clahe: { readonly clipLimit: number; readonly tiles: readonly [rows: number, cols: number] };
}

export type Architecture = 'nested-unet' | 'attention-unet';

export interface ModelFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A figure is worth nothing without its n. */
export interface Metric {
  readonly name: string;
  readonly value: number;
  readonly n: number;
  /** Which data and split, in words: "t1ce-primary, validation patients, slices with a lesion". */
  readonly over: string;
  /** 95 %, by drawing patients with replacement. */
  readonly interval?: readonly [low: number, high: number] | undefined;
}

/** Pixels near boundaries: how often lesion was there, against how probable it was said to be. */
export interface ReliabilityBin {
  readonly probability: number;
  readonly lesionShare: number;
  readonly n: number;
}

/** Logits divided by one number fitted on validation patients, already folded into the graph's heads (Guo et al. 2017). */
export interface Calibration {
  readonly method: 'temperature';
  readonly temperature: number;
  /** Expected calibration error before and after. */
  readonly eceBefore: number;
  readonly eceAfter: number;
  readonly n: number;
  readonly over: string;
  readonly binsBefore: readonly ReliabilityBin[];
  readonly bins: readonly ReliabilityBin[];
  /** Median probability in tumour-free validation slices; null without them. */
  readonly tumourFreeMedian: number | null;
}

/** One threshold of the validation sweep. */
export interface FrocPoint {
  readonly threshold: number;
  readonly sensitivity: number;
  readonly falsePositivesPerSlice: number;
}

export interface ModelManifest {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly architecture: Architecture;
  readonly sequence: 't1ce' | 'flair';
  /** Node names in the graph: the answer, the deep-supervision heads, the attention coefficients. */
  readonly outputs: {
    readonly probability: string;
    readonly heads: readonly string[];
    readonly attention: readonly string[];
  };
  readonly preprocess: PreprocessRecipe;
  readonly threshold: { readonly value: number; readonly chosenOn: string };
  /** Smallest lesion kept by default, in pixels of the network's own 256² picture; `minLesion.ts` has it in mm³. */
  readonly minLesionPx: number;
  readonly calibration?: Calibration | undefined;
  readonly froc?: readonly FrocPoint[] | undefined;
  /** The GraphModel: `model.json` first, then its weights. */
  readonly files: readonly ModelFile[];
  /** Largest |Δp| against PyTorch running the same float16 weights, measured over n slices. */
  readonly parity: readonly { readonly backend: string; readonly maxAbsDiff: number; readonly n: number }[];
  readonly provenance: {
    readonly date: string;
    readonly commit: string;
    readonly dataSets: readonly { readonly name: string; readonly about: string; readonly licence: string }[];
    readonly splitSha256: string;
    readonly trainedOn: string;
    readonly notice: string;
  };
  readonly metrics: readonly Metric[];
}

const line = text();
const sha256 = text('64 hexadecimal digits', /^[0-9a-f]{64}$/);
/** A name inside the model's own folder, never a way out of it. */
const fileName = text('a plain file name', /^\w[\w.-]*$/, 100);
const share = number(0, 1);
const bin: Rule<ReliabilityBin> = fields({ probability: share, lesionShare: share, n: whole(1, 1e12) });
const nodeName = text('the name of a node', /^[\w./-]+$/, 200);

const recipe: Rule<PreprocessRecipe> = fields({
  inputSize: pair(whole(32, 1024)),
  intensity: fields({
    kind: oneOf('percentile'),
    low: number(0, 100),
    high: number(0, 100),
    over: oneOf('non-zero'),
  }),
  grid: fields({
    kind: oneOf('physical'),
    spacingMm: number(0.1, 10),
    withoutSpacing: oneOf('longer-side'),
    interpolation: oneOf('triangle'),
    padding: oneOf('zero'),
    placement: oneOf('centre'),
    airBelow: whole(1, 255),
    marginPx: whole(0, 64),
    overlapPx: whole(0, 512),
  }),
  clahe: fields({ clipLimit: number(0, 100), tiles: pair(whole(1, 64)) }),
});

const manifest: Rule<ModelManifest> = fields({
  schemaVersion: oneOf(1),
  id: line,
  architecture: oneOf('nested-unet', 'attention-unet'),
  sequence: oneOf('t1ce', 'flair'),
  outputs: fields({ probability: nodeName, heads: list(nodeName, 0, 16), attention: list(nodeName, 0, 16) }),
  preprocess: recipe,
  threshold: fields({ value: number(0, 1), chosenOn: line }),
  minLesionPx: whole(0, 2 ** 20),
  calibration: optional(
    fields<Calibration>({
      method: oneOf('temperature'),
      temperature: number(0.01, 100),
      eceBefore: share,
      eceAfter: share,
      n: whole(1, 1e12),
      over: line,
      binsBefore: list(bin, 0, 100),
      bins: list(bin, 0, 100),
      tumourFreeMedian: (value, at) => (value === null ? null : share(value, at)),
    }),
  ),
  froc: optional(
    list(fields({ threshold: share, sensitivity: share, falsePositivesPerSlice: number(0, 1e6) }), 0, 100),
  ),
  files: list(fields({ path: fileName, bytes: whole(1, 2 ** 28), sha256 }), 2, 16),
  parity: list(fields({ backend: line, maxAbsDiff: number(0, 1), n: whole(1, 1e9) }), 0, 16),
  provenance: fields({
    date: text('a date, YYYY-MM-DD', /^\d{4}-\d\d-\d\d$/),
    commit: line,
    dataSets: list(fields({ name: line, about: line, licence: line }), 0, 64),
    splitSha256: sha256,
    trainedOn: line,
    notice: line,
  }),
  metrics: list(
    fields({
      name: line,
      value: number(-1e9, 1e9),
      n: whole(1, 1e9),
      over: line,
      interval: optional(pair(number(-1e9, 1e9))),
    }),
    0,
    256,
  ),
});

/**
 * @param modelId the folder's name, which the manifest must repeat
 * @throws PipelineFailure `model-invalid`, naming the first field that is wrong
 */
export function parseManifest(bytes: Uint8Array, modelId: string): ModelManifest {
  try {
    const parsed = manifest(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), '');
    oneOf(modelId)(parsed.id, 'id');
    assertConsistent(parsed);
    return parsed;
  } catch (thrown) {
    if (thrown instanceof FieldFault) throw invalid(modelId, thrown.message);
    throw invalid(modelId, 'it is not JSON');
  }
}

const invalid = (modelId: string, problem: string) => new PipelineFailure({ code: 'model-invalid', modelId, problem });

/** What no single field can show. */
function assertConsistent({ files, preprocess: { inputSize, intensity, grid } }: ModelManifest): void {
  const paths = files.map(({ path }) => path);
  if (new Set(paths).size < paths.length) throw new FieldFault('files names one file twice');
  const [graph, ...weights] = paths;
  if (graph !== 'model.json' || weights.some((path) => path.endsWith('.json'))) {
    throw new FieldFault('files must be model.json, then its weights');
  }
  if (intensity.low >= intensity.high) throw new FieldFault('preprocess.intensity.low must be below high');
  if (grid.overlapPx >= Math.min(...inputSize)) {
    throw new FieldFault('preprocess.grid.overlapPx must be below preprocess.inputSize');
  }
}
