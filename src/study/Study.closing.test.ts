// @vitest-environment page
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { flushSync } from 'svelte';
import { expect, test, vi } from 'vitest';
import { picture, stage } from './fixtures/staged';
import { watched } from './fixtures/watched.svelte';

vi.mock('virtual:shipped-models', async () => (await import('./fixtures/listedModels')).bothSequences);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A page that has shown a study, and closed it. */
async function closed(order: 'panels first' | 'study first' | 'in one flush') {
  const { study, worker, reached } = stage();
  const panels = watched(() => {
    if (order === 'in one flush' && !study.current) return;
    void [study.lesions.answers, study.lesions.groups, study.rules.shown, study.chosen, study.warnings];
  });
  const chosen = picture('a.png');
  void study.open([chosen]);
  await vi.waitFor(() => expect(study.current).toBeDefined());
  study.wantThumbnail(study.current!, true);
  await reached('segmented');
  flushSync();
  const { volume, state } = { volume: study.current!.volume!, state: study.chosen[0]!.state };
  if (state.kind !== 'segmented') throw new Error(state.kind);
  const kept = {
    file: new WeakRef(study.current!),
    intensities: new WeakRef(volume.intensities),
    probabilities: new WeakRef(state.map.probabilities),
    mask: new WeakRef(state.outline.mask.labels),
    blob: new WeakRef(chosen.blob),
  };
  if (order === 'panels first') panels();
  study.closeAll();
  if (order === 'study first') panels();
  flushSync();
  // What was sent to a worker is no longer this side's.
  worker.started.length = 0;
  return { study, kept };
}

test.each(['panels first', 'study first', 'in one flush'] as const)(
  'nothing of a closed study stays in memory: %s',
  async (order) => {
    const { study, kept } = await closed(order);
    await vi.waitFor(() => {
      collectGarbage();
      const held = Object.entries(kept).flatMap(([name, one]) => (one.deref() ? [name] : []));
      expect(held).toEqual([]);
    }, 2000);
    expect(study.phase).toBe('empty');
  },
);

test('what is still being looked through when all is closed is not opened', async () => {
  const { study, worker } = stage();
  worker.held.add('survey');
  const opened = study.open([picture('a.png')]);
  study.closeAll();
  worker.answer('survey');
  await opened;
  expect(study.files).toEqual([]);
  expect(study.phase).toBe('empty');
});
