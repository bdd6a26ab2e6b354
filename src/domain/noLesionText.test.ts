import { expect, test } from 'vitest';
import { noLesionText } from './noLesionText';

const none = { rejectedCount: 0, threshold: 0.5, smallest: '20 mm³', highestProbability: 0.31 };

test('nothing found is said with how sure the network came to be', () => {
  expect(noLesionText(none)).toBe('No lesion found at or above 0.50. Highest probability 0.31');
});

test('where the size left lesions out, the size is said', () => {
  expect(noLesionText({ ...none, highestProbability: 0.98 })).toBe(
    'No lesion of at least 20 mm³ found at or above 0.50. Highest probability 0.98',
  );
  // A stored 0.7 is a little less than 0.7, and was marked.
  const stored = { threshold: 0.7, highestProbability: Math.fround(0.7) };
  expect(noLesionText({ ...none, ...stored })).toMatch(/^No lesion of at least 20 mm³ found at or above 0.70/);
});

test('where a person rejected what was found, no more is said of it', () => {
  expect(noLesionText({ ...none, highestProbability: 0.98, rejectedCount: 2 })).toBe('No lesion left: 2 rejected');
});
