/** Colours that tell lesions apart. */

/** Steps around the colour circle that never come close to an earlier one soon: the golden angle. */
const stepDegrees = 137.508;

/** @param n  from 0
 * @returns red, green and blue, 0 to 255: full colours, every third one paler */
export function lesionColour(n: number): readonly [red: number, green: number, blue: number] {
  const hue = ((40 + n * stepDegrees) % 360) / 60;
  const paleness = n % 3 === 2 ? 0.45 : 0;
  // HSV with full value: each channel is at most 1 − saturation below it.
  const channel = (offset: number) => {
    const place = (offset + hue) % 6;
    const share = 1 - Math.max(0, Math.min(place, 4 - place, 1)) * (1 - paleness);
    return Math.round(share * 255);
  };
  return [channel(5), channel(3), channel(1)];
}
