/** What the pipeline needs, in Node: programs from the installed packages, models from a folder. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AssetName } from '../domain/assets';
import { PipelineFailure } from '../domain/errors';
import { type ModelManifest, parseManifest } from '../models/manifest';
import type { Host, ModelFiles } from '../pipeline/workbench';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { resolve } = createRequire(import.meta.url);

const assetFiles: Record<AssetName, string> = {
  opencv: resolve('@techstark/opencv-js/dist/opencv.js'),
  'webp-decoder': resolve('@jsquash/webp/codec/dec/webp_dec.wasm'),
  // The package exports no file of its own accord.
  gdcm: path.join(root, 'node_modules/@itk-wasm/image-io/dist/pipelines/gdcm-read-image.wasm.zst'),
};

export const shippedModelsFolder = path.join(root, 'public', 'models');

/** The program's own version, as its package says. */
export async function programVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}

export function nodeHost(modelsFolder: string): Host {
  return {
    wasmFolder: path.dirname(resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm')) + path.sep,
    assets: (name) => readFile(assetFiles[name]),
    readModel: (modelId) => readModel(modelsFolder, modelId),
  };
}

/** Ids of the models in a folder, sorted: the subfolders with a manifest. */
export function modelIdsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((id) => existsSync(path.join(folder, id, 'manifest.json')))
    .sort();
}

/** @throws PipelineFailure `model-unknown`, `model-invalid` */
export async function readManifest(folder: string, modelId: string): Promise<ModelManifest> {
  const known = modelIdsIn(folder);
  if (!known.includes(modelId)) throw new PipelineFailure({ code: 'model-unknown', modelId, known });
  return parseManifest(await readFile(path.join(folder, modelId, 'manifest.json')), modelId);
}

/** @throws PipelineFailure `model-unknown`, `model-invalid`, `model-unreachable`, `model-integrity` */
async function readModel(folder: string, modelId: string): Promise<ModelFiles> {
  const manifest = await readManifest(folder, modelId);
  const files = new Map<string, Uint8Array>();
  for (const { path: file, sha256 } of manifest.files) {
    const bytes = await readFile(path.join(folder, modelId, file)).catch(() => {
      throw new PipelineFailure({ code: 'model-unreachable', modelId, file });
    });
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      throw new PipelineFailure({ code: 'model-integrity', modelId, file });
    }
    files.set(file, bytes);
  }
  return { manifest, files };
}
