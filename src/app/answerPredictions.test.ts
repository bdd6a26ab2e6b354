import { afterEach, expect, test, vi } from 'vitest';
import type { PipelineError } from '../domain/errors';
import type { Warning } from '../domain/warnings';
import type { PredictReply, PredictRequest } from '../offline/messages';
import { stage } from '../study/fixtures/staged';
import { answerPredictions } from './answerPredictions';

vi.mock('virtual:shipped-models', async () => (await import('../study/fixtures/listedModels')).onlyT1ce);

afterEach(() => vi.unstubAllGlobals());

interface Damage {
  readonly refused?: PipelineError;
  readonly warnings?: readonly Warning[];
}

/** What a page answers to the service worker, of a file that is damaged like this. */
function page({ refused, warnings = [] }: Damage = {}) {
  const serviceWorker = new EventTarget();
  vi.stubGlobal('navigator', { serviceWorker });
  const { worker, study } = stage();
  const { client } = study;
  const run = client.run.bind(client);
  vi.spyOn(client, 'run').mockImplementation(async (name, input, options) => {
    const output = await run(name, input, options);
    if (!('survey' in output)) return output;
    const { survey } = output;
    return {
      survey: {
        ...survey,
        scans: survey.scans.map((scan) => ({ ...scan, warnings })),
        refused: refused ? [{ path: 'last.dcm', error: refused }] : [],
      },
    } as typeof output;
  });
  answerPredictions(client);
  const ask = async (mustBeWhole: boolean) => {
    const { port1, port2 } = new MessageChannel();
    const replies: PredictReply[] = [];
    port1.onmessage = ({ data }: MessageEvent<PredictReply>) => replies.push(data);
    const data: PredictRequest = {
      ...{ kind: 'predict', file: new File(['x'], 'a.png'), name: 'a.png', mustBeWhole },
      ...{ modelId: undefined, threshold: undefined },
    };
    serviceWorker.dispatchEvent(Object.assign(new Event('message'), { data, ports: [port2] }));
    await vi.waitFor(() => expect(replies).toHaveLength(2));
    port1.close();
    return replies[1];
  };
  return { worker, ask };
}

const cutOff: Warning = { code: 'slice-unreadable', file: 'last.dcm', reason: 'cut-off' };

test('a file is segmented, and what was kept for its next slice is given back', async () => {
  const { worker, ask } = page({ warnings: [{ code: 'slices-missing', slices: [2], sliceCount: 3 }] });
  expect(await ask(true)).toMatchObject({
    kind: 'segmented',
    masks: [{ type: 'image/png' }],
    warningCodes: ['slices-missing'],
  });
  await vi.waitFor(() => expect(worker.count('release')).toBe(1));
});

test('of an archive with a damaged file nothing is answered, whatever else is in it', async () => {
  const error: PipelineError = { code: 'corrupt-file', format: 'ZIP', problem: 'a checksum is wrong' };
  const { worker, ask } = page({ refused: error });
  for (const mustBeWhole of [true, false]) expect(await ask(mustBeWhole)).toEqual({ kind: 'failed', error });
  expect(worker.count('segment')).toBe(0);
  await vi.waitFor(() => expect(worker.count('release')).toBe(2));
});

test('a series of which a slice cannot be read is segmented only where the warning is read beside the mask', async () => {
  const { worker, ask } = page({ warnings: [cutOff] });
  expect(await ask(true)).toEqual({ kind: 'incomplete', warning: cutOff });
  expect(worker.count('segment')).toBe(0);
  expect(await ask(false)).toMatchObject({ kind: 'segmented', warningCodes: ['slice-unreadable'] });
});
