import { beforeEach, expect, test, vi } from 'vitest';
import { endGdcm } from '../decode/dicom/gdcm';
import { openBackend } from '../infer/backend';
import { loadNetwork } from '../infer/network';
import { type Host, Workbench } from './workbench';

vi.mock('../decode/dicom/gdcm', () => ({ endGdcm: vi.fn() }));
vi.mock('../infer/backend', () => ({ openBackend: vi.fn() }));
vi.mock('../infer/network', () => ({ loadNetwork: vi.fn() }));

const dispose = vi.fn();
const noCheckpoint = () => Promise.resolve();

function workbench(readModel: Host['readModel'] = async () => ({ manifest: {} as never, files: new Map() })) {
  return new Workbench({ wasmFolder: '', assets: () => Promise.reject(new Error()), readModel });
}

beforeEach(() => {
  vi.mocked(openBackend)
    .mockReset()
    .mockResolvedValue({} as never);
  vi.mocked(loadNetwork)
    .mockReset()
    .mockResolvedValue({ dispose } as never);
  dispose.mockReset();
});

test('a network is read and compiled once, also for two jobs that ask at the same time', async () => {
  const read = vi.fn(async () => ({ manifest: {} as never, files: new Map() }));
  const bench = workbench(read);
  const [first, second] = await Promise.all([bench.network('a', noCheckpoint), bench.network('a', noCheckpoint)]);
  expect(first).toBe(second);
  expect(await bench.network('a', noCheckpoint)).toBe(first);
  expect(read).toHaveBeenCalledTimes(1);
  expect(loadNetwork).toHaveBeenCalledTimes(1);
  expect(openBackend).toHaveBeenCalledTimes(1);
});

test('a failure is forgotten, so that trying again can work', async () => {
  vi.mocked(openBackend).mockRejectedValueOnce(new Error('busy'));
  const bench = workbench();
  await expect(bench.network('a', noCheckpoint)).rejects.toThrow('busy');
  await expect(bench.network('a', noCheckpoint)).resolves.toBeDefined();
});

test('another backend lets the loaded networks go; the same one again keeps them', async () => {
  const bench = workbench();
  bench.choose('wasm');
  await bench.network('a', noCheckpoint);
  bench.choose('wasm');
  await bench.network('a', noCheckpoint);
  expect(loadNetwork).toHaveBeenCalledTimes(1);

  bench.choose('webgpu');
  await bench.network('a', noCheckpoint);
  expect(dispose).toHaveBeenCalledTimes(1);
  expect(vi.mocked(openBackend).mock.calls.map(([choice]) => choice)).toEqual(['wasm', 'webgpu']);
});

test('what is given back is the memory of the last study: no backend is opened for that', async () => {
  await workbench().release();
  expect(endGdcm).toHaveBeenCalledTimes(1);
  expect(openBackend).not.toHaveBeenCalled();
});
