import { expect, test } from 'vitest';
import { infer } from './infer';
import type { Answer, Network } from './network';

/** Slices of one pixel, whose right answer is ten times their value; `wrong` is what a device that went bad gives. */
const wrong = -1;
const inputOf = (count: number) =>
  ({ shape: [count, 1, 1, 1], values: Float32Array.from({ length: count }, (_, k) => k) }) as const;
const right = (count: number) => Array.from({ length: count }, (_, k) => 10 * k);

/**
 * A GPU that does what its plan says at the n-th time it is asked, from 0. `lost`: a fresh device answers instead; `bad`:
 * from now on its answers are wrong until the next device; `refused`: its check slice is wrong, and a fresh device answers.
 */
function gpuWith(plan: Readonly<Record<number, 'lost' | 'bad' | 'refused'>>, every?: 'lost') {
  let device = {};
  let isBad = false;
  const asked: { readonly slice: number; readonly isChecked: boolean }[] = [];
  const network = {
    async probabilities([value]: Float32Array, isCheckDue: boolean): Promise<Answer> {
      const event = plan[asked.length] ?? every;
      asked.push({ slice: value!, isChecked: isCheckDue });
      if (event === 'bad') isBad = true;
      if (event === 'lost' || event === 'refused' || (isBad && isCheckDue)) [device, isBad] = [{}, false];
      return { probabilities: Float32Array.of(isBad ? wrong : 10 * value!), device, isConfirmed: isCheckDue };
    },
  } as unknown as Network;
  return { network, asked };
}

const noCheckpoint = () => Promise.resolve();
const answers = async (network: Network, count: number) =>
  Array.from((await infer(network, inputOf(count), noCheckpoint)).values);

test('the check slice is asked after each twenty slices, and after the last', async () => {
  const { network, asked } = gpuWith({});
  expect(await answers(network, 45)).toEqual(right(45));
  expect(asked.map(({ slice }) => slice)).toEqual(Array.from({ length: 45 }, (_, k) => k));
  expect(asked.filter(({ isChecked }) => isChecked).map(({ slice }) => slice)).toEqual([19, 39, 44]);
});

test('a GPU that goes bad and is lost before it is checked leaves no answer behind', async () => {
  const { network, asked } = gpuWith({ 1: 'bad', 2: 'lost' });
  expect(await answers(network, 4)).toEqual([0, 10, 20, 30]);
  expect(asked.map(({ slice }) => slice)).toEqual([0, 1, 2, 0, 1, 3]);
});

test('after a loss the next slice is checked, then the second, fourth … after it', async () => {
  const { network, asked } = gpuWith({ 20: 'lost' });
  expect(await answers(network, 60)).toEqual(right(60));
  expect(asked.filter(({ isChecked }) => isChecked).map(({ slice }) => slice)).toEqual([19, 21, 23, 27, 35, 51, 59]);
});

test('a loss costs the slices since the last check, not those before', async () => {
  const { network, asked } = gpuWith({ 30: 'lost' });
  expect(await answers(network, 45)).toEqual(right(45));
  expect(asked).toHaveLength(45 + 10);
});

test.each([
  ['lost', { 44: 'lost' }],
  ['refused', { 44: 'refused' }],
  ['found bad', { 41: 'bad' }],
] as const)('a device that is %s at the last check does not have the whole volume run again', async (_, plan) => {
  const { network, asked } = gpuWith(plan);
  expect(await answers(network, 45)).toEqual(right(45));
  expect(asked).toHaveLength(45 + 4);
});

test('a device that is lost in every slice still comes to an end', async () => {
  const { network, asked } = gpuWith({}, 'lost');
  expect(await answers(network, 60)).toEqual(right(60));
  expect(asked.length).toBeLessThan(65);
});

test('answers may take the pictures’ place: what is asked again has kept its own', async () => {
  const { network } = gpuWith({ 5: 'bad', 12: 'lost', 30: 'bad' });
  const input = inputOf(45);
  expect(Array.from((await infer(network, input, noCheckpoint, undefined, input.values)).values)).toEqual(right(45));
});

test('progress counts the slices that stand: it goes back by those that are asked again', async () => {
  const { network } = gpuWith({ 2: 'lost' });
  const heard: number[] = [];
  await infer(network, inputOf(4), async (_, done) => void heard.push(done));
  expect(heard).toEqual([0, 1, 2, 1, 2, 3, 4]);
});

test('what is known is told after each picture, and again for one that is asked again', async () => {
  const { network } = gpuWith({ 1: 'bad', 2: 'lost' });
  const told: [count: number, last: number][] = [];
  await infer(network, inputOf(4), noCheckpoint, ({ shape: [count], values }) =>
    told.push([count, values[count - 1]!]),
  );
  expect(told).toEqual([[1, 0], [2, wrong], [3, 20], [1, 0], [2, 10], [4, 30]]); // prettier-ignore
});
