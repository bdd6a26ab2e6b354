/** The files that a host hands out. */
export { encodeMaskPng, encodeProbabilityPng, encodeRgbaPng, type RgbaPicture } from '../encode/png';
