/** The decoders' programs, from the installed packages. */
import { readFile } from 'node:fs/promises';
import type { AssetName } from '../domain/assets';

const paths: Partial<Record<AssetName, string>> = {
  'webp-decoder': '@jsquash/webp/codec/dec/webp_dec.wasm',
  gdcm: '@itk-wasm/image-io/dist/pipelines/gdcm-read-image.wasm.zst',
};

export async function assets(name: AssetName): Promise<Uint8Array> {
  const path = paths[name];
  if (path === undefined) throw new Error(`no decoder needs ${name}`);
  return new Uint8Array(await readFile(new URL(`../../node_modules/${path}`, import.meta.url)));
}
