/** How a mask came about: every file that leaves the program says so. */
export interface MaskProvenance {
  readonly programVersion: string;
  readonly modelId: string;
  readonly weightsSha256: string;
  /** Of probability, 0 to 1. */
  readonly threshold: number;
  readonly minSize: { readonly value: number; readonly unit: 'px' | 'mm3' };
  readonly backend: string;
  readonly adapter: string;
  /** One sentence: what the weights have seen. */
  readonly trainedOn: string;
  /** "Research use only …": the model's own notice. */
  readonly notice: string;
}

/** In one line, for headers and comments: "a-model, weights sha256 …, p >= 0.5, smallest 20 mm3, wasm (1 thread)". */
export function madeText({ modelId, weightsSha256, threshold, minSize, backend, adapter }: MaskProvenance): string {
  const smallest = `${Number(minSize.value.toFixed(3))} ${minSize.unit}`;
  return `${modelId}, weights sha256 ${weightsSha256}, p >= ${threshold}, smallest ${smallest}, ${backend} (${adapter})`;
}
