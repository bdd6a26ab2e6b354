import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { inTurn } from './turn';

test('each turn begins when the one before has ended, also where that failed', async () => {
  const heard: string[] = [];
  const turn = (name: string) =>
    inTurn(async () => {
      heard.push(`${name} begins`);
      await Promise.resolve();
      heard.push(`${name} ends`);
      if (name === 'first') throw new Error(name);
    });
  const first = turn('first');
  await Promise.all([expect(first).rejects.toThrow('first'), turn('second')]);
  expect(heard).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
});

test('what a turn gave is not kept for the next', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const given = await inTurn(async () => new Float32Array(16)).then((values) => new WeakRef(values));
  await new Promise((resolve) => setTimeout(resolve));
  collect();
  expect(given.deref()).toBeUndefined();
});
