/** One model, as `public/models/<id>/manifest.json` states it. Training writes it; this program parses it and guesses nothing. */

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
