/** Letters at the edges of a picture: where the patient's left, right, front, back, head and feet are. */
import { affineOf } from '../domain/spacing';
import type { Slicing } from './slicing';

export interface EdgeLetters {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

const towards = [
  { positive: 'R', negative: 'L' },
  { positive: 'A', negative: 'P' },
  { positive: 'S', negative: 'I' },
] as const;

/** A second letter is written where the edge is more than about 20° off: sin 20°. */
const obliqueShare = 0.34;

/** Undefined for a picture: nothing is known of the patient. NIfTI's world: x to the right, y to the front, z to the head. */
export function edgeLetters({ grid, frame }: Slicing): EdgeLetters | undefined {
  const affine = affineOf(grid);
  if (!affine) return undefined;
  const direction = (n: 0 | 1, sign: 1 | -1) => {
    const axis = frame.axes[n];
    const way = frame.isFlipped[n] ? -sign : sign;
    return affine.map((row) => row[axis] * way);
  };
  return {
    left: letters(direction(0, -1)),
    right: letters(direction(0, 1)),
    top: letters(direction(1, -1)),
    bottom: letters(direction(1, 1)),
  };
}

/** The body's ends that a direction (RAS) points to, nearest first. */
function letters(direction: readonly number[]): string {
  const length = Math.hypot(...direction);
  return direction
    .map((part, ras) => ({ share: part / length, ...towards[ras]! }))
    .toSorted((a, b) => Math.abs(b.share) - Math.abs(a.share))
    .filter(({ share }, rank) => rank === 0 || Math.abs(share) > obliqueShare)
    .slice(0, 2)
    .map(({ share, positive, negative }) => (share > 0 ? positive : negative))
    .join('');
}
