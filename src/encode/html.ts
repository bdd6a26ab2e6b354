/** Text in a document of HTML. */

const escapes: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

/** For text and for attribute values in quotes. */
export const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => escapes[sign]!);

/** @returns a data: URL */
export function pngUrl(png: Uint8Array): string {
  let text = '';
  // In parts: a call takes some ten thousands of arguments.
  for (let at = 0; at < png.length; at += 0x4000) text += String.fromCharCode(...png.subarray(at, at + 0x4000));
  return `data:image/png;base64,${btoa(text)}`;
}
