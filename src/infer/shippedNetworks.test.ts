/** The shipped networks, in Node on wasm, against what PyTorch answers with the same weights: see training/golden/README.md. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseManifest } from '../models/manifest';
import { shippedModels } from '../models/shipped';
import { openBackend } from './backend';
import { infer } from './infer';
import { loadNetwork } from './network';

const root = fileURLToPath(new URL('../../', import.meta.url));
const wasmFolder = `${root}node_modules/@tensorflow/tfjs-backend-wasm/dist/`;

interface Golden {
  readonly model: { readonly sha256: string };
  readonly probabilityLevels: number;
  readonly tolerance: number;
  readonly slices: readonly { readonly input: string; readonly probability: string }[];
}

/** A loaded machine runs a slice in seconds, an idle one in 0.2 to 0.5 s. */
const timeoutMs = 180_000;

test.each(shippedModels)(
  '$id answers to drawn heads as PyTorch does',
  async ({ id }) => {
    const read = (path: string) => new Uint8Array(readFileSync(`${root}public/models/${id}/${path}`));
    const manifest = parseManifest(read('manifest.json'), id);
    const files = new Map(manifest.files.map(({ path }) => [path, read(path)]));
    const goldens = `${root}training/golden/${id}/`;
    const golden = JSON.parse(readFileSync(`${goldens}golden.json`, 'utf8')) as Golden;
    const weights = createHash('sha256').update(read('weights.bin')).digest('hex');
    expect(weights, 'the goldens are of other weights: run metsight.goldens').toBe(golden.model.sha256);

    const network = await loadNetwork(await openBackend('wasm', { wasmFolder }), manifest, files);
    for (const { input, probability } of golden.slices) {
      const bytes = gunzipSync(readFileSync(goldens + input));
      const levels = gunzipSync(readFileSync(goldens + probability));
      const image = { shape: [1, 256, 256, 1], values: Float32Array.from(bytes, (byte) => byte / 255) } as const;
      const { values } = await infer(network, image, () => Promise.resolve());
      const differences = values.map((p, at) => Math.abs(p - levels.readUInt16LE(2 * at) / golden.probabilityLevels));
      expect(levels.length).toBe(2 * values.length);
      expect(differences.reduce((largest, d) => Math.max(largest, d))).toBeLessThan(golden.tolerance);
    }
    network.dispose();
  },
  timeoutMs,
);
