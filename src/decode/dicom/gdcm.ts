/** JPEG, JPEG-LS and JPEG 2000 frames by GDCM as wasm (@itk-wasm/image-io), given one frame in a DICOM file of its own. */
import { decompress } from 'fzstd';
// The package exports no pipeline by itself, and its own loader fetches from elsewhere.
import loadGdcm, { type GdcmModule } from '../../../node_modules/@itk-wasm/image-io/dist/pipelines/gdcm-read-image.js';
import type { AssetSource } from '../../domain/assets';
import { corrupt } from '../failures';
import { codestreamDims } from './codestream';
import { format } from './header';
import type { PixelFormat } from './pixelFormat';
import { singleFrameFile } from './singleFrameFile';

/** Unpacked once; a failure is forgotten, so that the next file tries again. */
let program: Promise<Uint8Array<ArrayBuffer>> | undefined;

/** Its memory never shrinks: kept for frames of usual size only. */
let instance: Promise<GdcmModule> | undefined;
const keptPixels = 2 ** 22;

/** Ends it, and with it what its memory holds of the frames it has read; the next frame starts a fresh one. */
export function endGdcm() {
  instance = undefined;
}

export interface DecodedFrame {
  /** Little endian. */
  readonly bytes: Uint8Array;
  readonly bitsAllocated: 8 | 16 | 32;
}

const depths: Record<string, DecodedFrame['bitsAllocated']> = {
  uint8: 8,
  int8: 8,
  uint16: 16,
  int16: 16,
  uint32: 32,
  int32: 32,
};

/**
 * @param assets  asked for 'gdcm', the pipeline's .wasm.zst, when the first compressed frame comes
 * @throws PipelineFailure 'corrupt-file'
 */
export async function decodeWithGdcm(
  frame: Uint8Array,
  transferSyntax: string,
  pixels: PixelFormat,
  assets: AssetSource,
): Promise<DecodedFrame> {
  const { rows, columns } = pixels;
  const claimed = codestreamDims(frame);
  if (claimed?.[0] !== columns || claimed[1] !== rows) {
    throw corrupt(format, 'its header and a compressed frame differ in size');
  }
  instance ??= freshInstance(assets);
  try {
    const module = await instance.catch((reason: unknown) => {
      instance = undefined;
      throw reason;
    });
    return readImage(module, singleFrameFile(frame, transferSyntax, pixels), columns * rows);
  } finally {
    if (rows * columns > keptPixels) instance = undefined;
  }
}

async function freshInstance(assets: AssetSource): Promise<GdcmModule> {
  program ??= assets('gdcm').then((packed) => decompress(packed).slice());
  const wasmBinary = await program.catch((reason: unknown) => {
    program = undefined;
    throw reason;
  });
  return loadGdcm(silenced({ wasmBinary, locateFile: (path: string) => path }));
}

const path = 'frame.dcm';

/** ITK-Wasm's conventions: output 0 says whether it could be read, output 1 is the image, its voxels at an address. */
function readImage(module: GdcmModule, file: Uint8Array, pixelCount: number): DecodedFrame {
  try {
    module.fs_writeFile(path, file);
    if (module.callMain([path, '0', '1', '--memory-io']) !== 0) throw corrupt(format, broken);
    const json = module.UTF8ToString(module.ccall('itk_wasm_output_json_address', 'number', numbers(2), [0, 1]) >>> 0);
    const { imageType } = JSON.parse(json) as { imageType: { componentType: string; components: number } };
    const bitsAllocated = depths[imageType.componentType];
    const address = module.ccall('itk_wasm_output_array_address', 'number', numbers(3), [0, 1, 0]) >>> 0;
    const length = module.ccall('itk_wasm_output_array_size', 'number', numbers(3), [0, 1, 0]);
    if (bitsAllocated === undefined || imageType.components !== 1 || length !== (pixelCount * bitsAllocated) / 8) {
      throw corrupt(format, broken);
    }
    const bytes = module.HEAPU8.slice(address, address + length);
    module.ccall('itk_wasm_free_all', 'void', [], []);
    return { bytes, bitsAllocated };
  } catch {
    // C++ exceptions come as bare numbers, and after a trap the instance is dead: the next frame gets a fresh one.
    instance = undefined;
    throw corrupt(format, broken);
  }
}

const broken = 'a compressed frame does not decode';

const numbers = (count: number) => Array.from({ length: count }, () => 'number');

/**
 * What it prints may hold content of the file. The module sets `print` and `printErr` itself, over those it is given, and
 * takes what it then finds there: properties that cannot be set stay silent.
 */
function silenced<T extends object>(options: T): T {
  const silent = { get: () => () => undefined, set: () => undefined };
  return Object.defineProperties(options, { print: silent, printErr: silent });
}
