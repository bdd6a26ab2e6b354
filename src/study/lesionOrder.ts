/** In which order the table has its lesions. */
import type { LesionGroup } from './agreement';

/** `by`: how many networks found it, and how well they agree. */
export const lesionColumns = ['number', 'size', 'diameter', 'probability', 'by'] as const;

export type LesionColumn = (typeof lesionColumns)[number];

export interface LesionOrder {
  readonly column: LesionColumn;
  readonly isDescending: boolean;
}

/** By number, which is by descending size of the largest. */
export const firstOrder: LesionOrder = { column: 'number', isDescending: false };

function valueOf({ id, members, overlap }: LesionGroup, column: LesionColumn): number {
  const largest = (value: (member: LesionGroup['members'][number]) => number) => Math.max(...members.map(value));
  switch (column) {
    case 'number':
      return id;
    case 'size':
      return largest(({ lesion }) => lesion.extent?.volumeMm3 ?? lesion.voxelCount);
    case 'diameter':
      return largest(({ lesion }) => lesion.extent?.longestDiameterMm ?? 0);
    case 'probability':
      return largest(({ lesion }) => lesion.maxProbability);
    case 'by':
      return new Set(members.map(({ architecture }) => architecture)).size + (overlap ?? 0);
  }
}

/** Equal ones stay by number. */
export function inOrder(groups: readonly LesionGroup[], { column, isDescending }: LesionOrder): readonly LesionGroup[] {
  return groups.toSorted((a, b) => (isDescending ? -1 : 1) * (valueOf(a, column) - valueOf(b, column)));
}

/** A column picked again is turned round; numbers start at 1, everything else with the most. */
export function nextOrder(order: LesionOrder, column: LesionColumn): LesionOrder {
  const isDescending = order.column === column ? !order.isDescending : column !== 'number';
  return { column, isDescending };
}
