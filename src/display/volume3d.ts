/** A volume in space, with masks in it, drawn by NiiVue. Nothing is fetched: it is given arrays, and its own parts lie in its code. */
import { NVImage, Niivue, SLICE_TYPE } from '@niivue/niivue';
import type { Grid } from '../domain/grid';
import { affineOf, toRas } from '../domain/spacing';
import type { Volume, WindowLevel } from '../domain/volume';
import { coarser } from './coarser';
import { agreementColour, type Rgb } from './overlay';
import type { GridPlace } from './slicing';
import { shade } from './windowLevel';

/** What a graphics card without memory of its own can hold and draw smoothly. */
const mostVoxelsPerAxis = 256;

export interface SpatialMask {
  /** In the order of the volume's Grid, 0 background. */
  readonly labels: Uint16Array;
  readonly colour: Rgb;
}

export interface Volume3d {
  /** Every voxel is shaded anew: not for each step of a drag. */
  showWindow(window: WindowLevel): void;
  /** @param masks  at most two; where both mark, the colour of agreement, or nothing if only what differs is asked for */
  showMasks(masks: readonly SpatialMask[], isDisagreement: boolean): void;
  lookAt(place: GridPlace): void;
  /** @param by  degrees about the body's long axis, and up or down */
  turn(by: readonly [azimuth: number, elevation: number]): void;
  zoom(factor: number): void;
  /** Draws once more, at once: a GPU's picture is gone after its frame. */
  redraw(): void;
  close(): void;
}

/** @throws Error where the browser has no WebGL 2 */
export async function openVolume3d(
  canvas: HTMLCanvasElement,
  { grid, intensities }: Volume,
  window: WindowLevel,
): Promise<Volume3d> {
  const affine = affineOf(grid);
  if (!affine) throw new RangeError('a picture has no place in space');
  const shown = coarser(grid, mostVoxelsPerAxis);
  const niivue = new Niivue({
    // Its own keys and drops would stand beside ours.
    interactive: false,
    dragAndDropEnabled: false,
    logLevel: 'silent',
    loadingText: '',
    backColor: [0, 0, 0, 1],
    crosshairColor: [0.49, 0.77, 1, 1],
    crosshairWidth: 1,
    show3Dcrosshair: true,
    isOrientationTextVisible: true,
    isOrientCube: true,
    sliceType: SLICE_TYPE.RENDER,
  });
  await niivue.attachToCanvas(canvas, false);
  const greyIn = (shades: WindowLevel) => shown.take(intensities, (value) => 255 * shade(value, shades));
  const grey = greyIn(window);
  const head = await imageOf(grey, shown.grid, 'volume.nii', 'gray', 0, 255);
  niivue.addVolume(head);
  const empty = new Uint8Array(grey.length);
  const overlay = await imageOf(empty, shown.grid, 'mask.nii', 'red', 1, 3);
  niivue.addVolume(overlay);
  niivue.setRenderAzimuthElevation(150, 20);

  return {
    showWindow(next) {
      head.img = greyIn(next);
      niivue.updateGLVolume();
    },
    showMasks([first, second], isDisagreement) {
      const both = isDisagreement ? 0 : 3;
      overlay.img = shown.takeHighest((index) => {
        const isFirst = (first?.labels[index] ?? 0) > 0;
        const isSecond = (second?.labels[index] ?? 0) > 0;
        if (isFirst && isSecond) return both;
        return isFirst ? 1 : isSecond ? 2 : 0;
      });
      const colours = [[0, 0, 0] as const, first?.colour, second?.colour, agreementColour].map(
        (one) => one ?? agreementColour,
      );
      overlay.setColormapLabel({
        R: colours.map(([red]) => red),
        G: colours.map(([, green]) => green),
        B: colours.map(([, , blue]) => blue),
        A: [0, 255, 255, 255],
        I: [0, 1, 2, 3],
      });
      niivue.updateGLVolume();
    },
    lookAt(place) {
      niivue.scene.crosshairPos = niivue.mm2frac([...toRas(affine, place)]);
      niivue.drawScene();
    },
    turn([azimuth, elevation]) {
      const { scene } = niivue;
      niivue.setRenderAzimuthElevation(
        scene.renderAzimuth + azimuth,
        Math.min(90, Math.max(-90, scene.renderElevation + elevation)),
      );
    },
    zoom(factor) {
      niivue.setScale(Math.min(4, Math.max(0.5, niivue.volScaleMultiplier * factor)));
    },
    redraw: () => niivue.drawScene(),
    close() {
      niivue.cleanup();
      // Browsers hold few contexts at once; waiting for the collector would lose another one.
      niivue.gl.getExtension('WEBGL_lose_context')?.loseContext();
    },
  };
}

function imageOf(values: Uint8Array, grid: Grid, name: string, colormap: string, low: number, high: number) {
  const file = new File([niftiBytes(values, grid)], name);
  return NVImage.loadFromFile({ file, name, colormap, opacity: 1, cal_min: low, cal_max: high });
}

/** A NIfTI-1 file in memory (nifti1.h): 348 bytes of header, 4 of extension flag, uint8 voxels. */
function niftiBytes(values: Uint8Array, grid: Grid): ArrayBuffer {
  const bytes = new ArrayBuffer(352 + values.length);
  const view = new DataView(bytes);
  view.setInt32(0, 348, true);
  [3, ...grid.dims, 1, 1, 1, 1].forEach((count, n) => view.setInt16(40 + 2 * n, count, true)); // dim
  view.setInt16(70, 2, true); // datatype: uint8
  view.setInt16(72, 8, true); // bitpix
  const affine = affineOf(grid)!;
  const spacing = ([0, 1, 2] as const).map((axis) => Math.hypot(affine[0][axis], affine[1][axis], affine[2][axis]));
  [1, ...spacing, 1, 1, 1, 1].forEach((mm, n) => view.setFloat32(76 + 4 * n, mm, true)); // pixdim
  view.setFloat32(108, 352, true); // vox_offset
  view.setFloat32(112, 1, true); // scl_slope
  view.setInt16(254, 1, true); // sform_code: scanner
  affine.flat().forEach((part, n) => view.setFloat32(280 + 4 * n, part, true)); // srow_x, srow_y, srow_z
  [0x6e, 0x2b, 0x31, 0].forEach((sign, n) => view.setUint8(344 + n, sign)); // magic: "n+1"
  new Uint8Array(bytes, 352).set(values);
  return bytes;
}
