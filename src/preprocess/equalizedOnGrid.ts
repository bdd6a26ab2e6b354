/** What the network sees, for people to look at. */
import type { NetworkInput, Placement } from '../domain/network';
import { restoredSlices } from '../domain/restoredSlices';
import { sliceLayoutOf, writeSliceInto } from '../domain/sliceLayout';

/**
 * The network's input brought back to the volume's own voxels.
 *
 * @returns 0..255, rounded half up, in the order of the source's Grid; 0 where the network sees nothing
 */
export function equalizedOnGrid({ shape, values }: NetworkInput, placement: Placement): Uint8Array {
  const { sourceGrid, frame } = placement;
  const layout = sliceLayoutOf(sourceGrid, frame);
  const onGrid = new Uint8Array(layout.cols * layout.rows * layout.slices);
  const bytes = Uint8Array.from(values, (value) => Math.round(value * 255));
  for (const restored of restoredSlices(bytes, [shape[0], shape[1], shape[2]], placement)) {
    const rounded = restored.values.map((value) => Math.floor(value + 0.5));
    writeSliceInto(onGrid, layout, restored.slice, rounded);
  }
  return onGrid;
}
