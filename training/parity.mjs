// node parity.mjs <model folder> <inputs.f32> <outputs.f32>: runs the folder with TensorFlow.js, backend wasm.
// Inputs are float32 slices, 256 × 256 each, row by row; outputs the same, their probabilities. See metsight/parity.py.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';

const [folder, inputsFile, outputsFile] = process.argv.slice(2);
const wasm = path.dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm')));
setWasmPaths(`${wasm}/`);
await tf.setBackend('wasm');

const model = JSON.parse(readFileSync(path.join(folder, 'model.json'), 'utf8'));
const weights = readFileSync(path.join(folder, model.weightsManifest[0].paths[0]));
const network = await loadGraphModel(
  tf.io.fromMemory({
    modelTopology: model.modelTopology,
    signature: model.signature,
    format: model.format,
    weightSpecs: model.weightsManifest[0].weights,
    weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
  }),
);

const bytes = readFileSync(inputsFile);
const inputs = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
const [rows, cols] = network.inputs[0].shape.slice(1, 3);
const outputs = new Float32Array(inputs.length);
for (let at = 0; at < inputs.length; at += rows * cols) {
  const image = tf.tensor4d(inputs.subarray(at, at + rows * cols), [1, rows, cols, 1]);
  const probability = network.execute({ image }, 'probability');
  outputs.set(await probability.data(), at);
  tf.dispose([image, probability]);
}
writeFileSync(outputsFile, new Uint8Array(outputs.buffer));
console.log(JSON.stringify({ backend: tf.getBackend(), tfjs: tf.version_core, tensors: tf.memory().numTensors }));
