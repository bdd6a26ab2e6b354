/** One model, as `public/models/<id>/manifest.json` states it. Training writes it; this program parses it and guesses nothing. */
import { PipelineFailure } from '../domain/errors';
import { FieldFault, fields, list, number, oneOf, pair, text, whole, type Rule } from './fields';

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
  /** Without spacing: longer side to the input size, by the named interpolation, centred, zero-padded. */
  readonly grid: {
    readonly kind: 'longer-side';
    readonly interpolation: 'triangle';
    readonly padding: 'zero';
    readonly placement: 'centre';
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
  /** Smallest lesion kept by default, in pixels of the network's own 256² picture. */
  readonly minLesionPx: number;
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
    kind: oneOf('longer-side'),
    interpolation: oneOf('triangle'),
    padding: oneOf('zero'),
    placement: oneOf('centre'),
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
  metrics: list(fields({ name: line, value: number(-1e9, 1e9), n: whole(1, 1e9), over: line }), 0, 256),
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
function assertConsistent({ files, preprocess: { intensity } }: ModelManifest): void {
  const paths = files.map(({ path }) => path);
  if (new Set(paths).size < paths.length) throw new FieldFault('files names one file twice');
  const [graph, ...weights] = paths;
  if (graph !== 'model.json' || weights.some((path) => path.endsWith('.json'))) {
    throw new FieldFault('files must be model.json, then its weights');
  }
  if (intensity.low >= intensity.high) throw new FieldFault('preprocess.intensity.low must be below high');
}
