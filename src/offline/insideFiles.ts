/** Files of the program that lie inside the page, where the whole program is one HTML file. */
import type { ProgramFiles } from '../domain/programFiles';
import { contentType } from './release';

/** Each is a `<script>` of this type, which browsers do not run: base64 of gzip, with the file's path in `data-path`. */
export const packedType = 'application/gzip+base64';

export async function readProgramFiles(): Promise<ProgramFiles> {
  const inside = new Map<string, Blob>();
  for (const element of document.querySelectorAll<HTMLScriptElement>(`script[type="${packedType}"]`)) {
    const { path = '' } = element.dataset;
    inside.set(path, await unpack(element.text, contentType(path)));
    // Its text is large, and no longer needed.
    element.remove();
  }
  return { pageUrl: document.baseURI, inside };
}

/** RFC 4648 §4, RFC 1952. */
async function unpack(base64: string, type: string): Promise<Blob> {
  const text = atob(base64);
  const packed = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) packed[at] = text.charCodeAt(at);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Blob([await new Response(stream).arrayBuffer()], { type });
}
