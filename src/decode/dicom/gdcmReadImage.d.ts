/** What is used of the Emscripten module behind ITK-Wasm's pipeline; the package declares no types for it. */
declare module '*/gdcm-read-image.js' {
  export interface GdcmModule {
    readonly HEAPU8: Uint8Array<ArrayBuffer>;
    callMain(args: string[]): number;
    ccall(name: string, returns: string, types: string[], args: number[]): number;
    fs_writeFile(path: string, bytes: Uint8Array): void;
    UTF8ToString(address: number): string;
  }

  // eslint-disable-next-line import-x/no-default-export -- it is the package's own
  export default function load(options: {
    wasmBinary: Uint8Array<ArrayBuffer>;
    locateFile: (path: string) => string;
  }): Promise<GdcmModule>;
}
