/** That no lesion is left, and why: the page, the command line and the report say it alike. */
export interface NoLesion {
  readonly rejectedCount: number;
  readonly threshold: number;
  /** Of the lesions that are kept, with its unit: "20 mm³". */
  readonly smallest: string;
  readonly highestProbability: number;
}

/** @returns a phrase without its full stop. @param probabilityText  as its readers write numbers */
export function noLesionText(
  { rejectedCount, threshold, smallest, highestProbability }: NoLesion,
  probabilityText = (probability: number) => probability.toFixed(2),
): string {
  if (rejectedCount > 0) return `No lesion left: ${rejectedCount} rejected`;
  // As float32, as the mask is made. Something is at or above the threshold then, so the smallest size is what left it out.
  const size = highestProbability >= Math.fround(threshold) ? ` of at least ${smallest}` : '';
  return `No lesion${size} found at or above ${probabilityText(threshold)}. Highest probability ${probabilityText(highestProbability)}`;
}
