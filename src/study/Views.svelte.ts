import { frameOfPlane, planes, type Plane } from '../domain/sliceFrame';
import type { Volume } from '../domain/volume';
import { slicingOf, type GridPlace } from '../display/slicing';
import { Cursor } from './Cursor.svelte';
import { View } from './View.svelte';
import { Windowing } from './Windowing.svelte';

/** One volume's planes, with one voxel and one window between them. */
export class Views {
  readonly cursor: Cursor;
  /** Along the acquisition's own slices; a picture as it lies. */
  readonly own: View;
  /** Undefined for pictures and single slices. */
  readonly planes: Readonly<Record<Plane, View>> | undefined;

  constructor(volume: Volume) {
    const { grid } = volume;
    const windowing = new Windowing(volume);
    const [ni, nj, nk] = grid.dims.map((count) => Math.floor((count - 1) / 2));
    this.cursor = new Cursor(grid.dims, [ni!, nj!, nk!]);
    const own = slicingOf(grid);
    this.own = new View(own, this.cursor, windowing);
    if (grid.space.kind === 'pixels' || Math.min(...grid.dims) === 1) return;
    const viewOf = (plane: Plane) =>
      plane === own.frame.plane
        ? this.own
        : new View(slicingOf(grid, frameOfPlane(grid, plane)), this.cursor, windowing);
    this.planes = Object.fromEntries(planes.map((plane) => [plane, viewOf(plane)])) as Record<Plane, View>;
  }

  /** Every plane goes to the place. */
  centreOn(place: GridPlace) {
    this.own.centreOn(place);
    if (this.planes) for (const plane of planes) this.planes[plane].centreOn(place);
  }
}
