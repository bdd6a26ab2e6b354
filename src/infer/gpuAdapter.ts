/** What WebGPU offers on this machine, and whether there is a GPU behind it. */

/** Real drivers answer in well under a second; one that hangs must not hold the page at its first step. */
const searchMs = 10_000;

/** @returns undefined where there is no WebGPU, it knows no adapter, or it does not answer within ten seconds */
export async function findAdapter(): Promise<GPUAdapter | undefined> {
  const gpu: GPU | undefined = globalThis.navigator?.gpu;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), searchMs);
  });
  try {
    return (await Promise.race([gpu?.requestAdapter({ powerPreference: 'high-performance' }), late])) ?? undefined;
  } catch {
    // Some browsers reject where others answer null: there is no adapter either way.
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Rasterizers on the CPU, as their drivers call themselves; "warp" is Windows' own. */
const software = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i;

type Facts = Partial<Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description' | 'isFallbackAdapter'>>;

/** Older browsers give no `info`, and had `isFallbackAdapter` on the adapter itself. */
type Adapter = { readonly info?: Facts; readonly isFallbackAdapter?: boolean };

/** Works on the CPU, about 100 times slower than wasm does. */
export function isSoftware(adapter: Adapter): boolean {
  const { info = {}, isFallbackAdapter = false } = adapter;
  const names = [info.vendor, info.architecture, info.device, info.description];
  return isFallbackAdapter || info.isFallbackAdapter === true || names.some((name) => software.test(name ?? ''));
}

/** As people know it: browsers tell the description or, for privacy, only vendor and architecture. */
export function adapterName({ info = {} }: Adapter): string {
  return info.description || [info.vendor, info.architecture].filter(Boolean).join(' ') || 'unnamed GPU';
}
