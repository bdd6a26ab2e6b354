/** The files that a host hands out. */
export { encodeMaskPng, encodeProbabilityPng, encodeRgbaPng } from '../encode/png';
