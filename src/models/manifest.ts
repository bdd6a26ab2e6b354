/** One model, as `public/models/<id>/manifest.json` states it. Training writes it; this program parses it and guesses nothing. */
import { PipelineFailure } from '../domain/errors';
import { FieldFault, fields, list, number, oneOf, optional, pair, table, text, whole, type Rule } from './fields';
import * as measured from './measured';
import type { Calibration, CurvePoint, FrocPoint, LesionsBySize, Limits, Metric } from './measured';

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

/** A mirror image of the slice, as it is looked at. */
export type Flip = 'left-right' | 'up-down';

export type Architecture = 'nested-unet' | 'attention-unet';

export interface ModelFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface DataSetFacts {
  readonly name: string;
  readonly about: string;
  readonly licence: string;
  /** How it asks to be cited. */
  readonly citation?: string | undefined;
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
  /**
   * The network's probability is the mean of those of the slice and of these mirror images, mirrored back; threshold,
   * temperature and all figures are of that mean. Absent: of the slice alone.
   */
  readonly flips?: readonly Flip[] | undefined;
  readonly preprocess: PreprocessRecipe;
  readonly threshold: { readonly value: number; readonly chosenOn: string };
  /** Smallest lesion kept by default, in pixels of the network's own 256² picture; `minLesion.ts` has it in mm³. */
  readonly minLesionPx: number;
  readonly calibration?: Calibration | undefined;
  readonly froc?: readonly FrocPoint[] | undefined;
  /** Of which slices, and how many lesions. */
  readonly frocOver?: string | undefined;
  readonly lesionsBySize?: readonly LesionsBySize[] | undefined;
  readonly learningCurve?: readonly CurvePoint[] | undefined;
  readonly limits?: Limits | undefined;
  /** The GraphModel: `model.json` first, then its weights. */
  readonly files: readonly ModelFile[];
  /** PyTorch's answer to the slice that every program draws before the first patient's: mean probability of square blocks, row by row. */
  readonly check?: { readonly block: number; readonly means: readonly number[] } | undefined;
  /** Largest |Δp| against PyTorch running the same float16 weights, measured over n slices. */
  readonly parity: readonly { readonly backend: string; readonly maxAbsDiff: number; readonly n: number }[];
  readonly provenance: {
    readonly date: string;
    readonly commit: string;
    readonly dataSets: readonly DataSetFacts[];
    readonly splitSha256: string;
    readonly trainedOn: string;
    readonly notice: string;
    /** What the run was given beside its data; older manifests lack it. */
    readonly training?:
      | {
          /** All settings by name, as `training/metsight/config.py` has them; nothing here reads them. */
          readonly config: Readonly<Record<string, unknown>>;
          /** Another run's averaged weights; `sha256` is of the network as trained, not of a file. */
          readonly startedFrom?: { readonly run: string; readonly sha256?: string | undefined } | undefined;
        }
      | undefined;
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
  flips: optional(list(oneOf('left-right', 'up-down'), 1, 2)),
  preprocess: recipe,
  threshold: fields({ value: number(0, 1), chosenOn: line }),
  minLesionPx: whole(0, 2 ** 20),
  calibration: optional(measured.calibration),
  froc: optional(measured.froc),
  frocOver: optional(text()),
  lesionsBySize: optional(measured.lesionsBySize),
  learningCurve: optional(measured.learningCurve),
  limits: optional(measured.limits),
  files: list(fields({ path: fileName, bytes: whole(1, 2 ** 28), sha256 }), 2, 16),
  check: optional(fields({ block: whole(1, 1024), means: list(number(0, 1), 1, 2 ** 16) })),
  parity: list(fields({ backend: line, maxAbsDiff: number(0, 1), n: whole(1, 1e9) }), 0, 16),
  provenance: fields({
    date: text('a date, YYYY-MM-DD', /^\d{4}-\d\d-\d\d$/),
    commit: line,
    dataSets: list(fields<DataSetFacts>({ name: line, about: line, licence: line, citation: optional(line) }), 0, 64),
    splitSha256: sha256,
    trainedOn: line,
    notice: line,
    training: optional(
      fields<NonNullable<ModelManifest['provenance']['training']>>({
        config: table,
        startedFrom: optional(
          fields<{ run: string; sha256?: string | undefined }>({ run: line, sha256: optional(sha256) }),
        ),
      }),
    ),
  }),
  metrics: measured.metrics,
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
function assertConsistent({ files, flips, check, preprocess }: ModelManifest): void {
  const { inputSize, intensity, grid } = preprocess;
  if (new Set(flips).size < (flips ?? []).length) throw new FieldFault('flips names one twice');
  const paths = files.map(({ path }) => path);
  if (new Set(paths).size < paths.length) throw new FieldFault('files names one file twice');
  const [graph, ...weights] = paths;
  if (graph !== 'model.json' || weights.some((path) => path.endsWith('.json'))) {
    throw new FieldFault('files must be model.json, then its weights');
  }
  if (intensity.low >= intensity.high) throw new FieldFault('preprocess.intensity.low must be below high');
  if (check && check.means.length * check.block ** 2 !== inputSize[0] * inputSize[1]) {
    throw new FieldFault('check.means must be of blocks that cover the picture');
  }
  if (grid.overlapPx >= Math.min(...inputSize)) {
    throw new FieldFault('preprocess.grid.overlapPx must be below preprocess.inputSize');
  }
}
