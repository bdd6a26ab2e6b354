import type { OverlayStyle } from '../display/overlay';

/** Two networks: each on its own picture, or both on one. */
export type BothLayout = 'side-by-side' | 'overlaid';

/** What of two networks on one picture is drawn: both masks, or only what one marks and the other does not. */
export type BothOverlay = 'masks' | 'disagreement';

/** A volume: slice by slice, in three planes, or in three planes with the volume itself. */
export type VolumeView = 'slices' | 'planes' | 'planes-3d';

/** How masks and pictures are shown, for all files alike. */
export class DisplaySettings {
  #style = $state<OverlayStyle>('outline');
  #opacity = $state(1);
  #isMaskHidden = $state(false);
  #isEqualized = $state(false);
  #layout = $state<BothLayout>('side-by-side');
  #overlay = $state<BothOverlay>('masks');
  #volumeView = $state<VolumeView>('slices');

  get style() {
    return this.#style;
  }

  /** 0 to 1. */
  get opacity() {
    return this.#opacity;
  }

  get isMaskHidden() {
    return this.#isMaskHidden;
  }

  /** The picture after CLAHE, as the network sees it, in place of the one before. */
  get isEqualized() {
    return this.#isEqualized;
  }

  get layout() {
    return this.#layout;
  }

  get overlay() {
    return this.#overlay;
  }

  get volumeView() {
    return this.#volumeView;
  }

  setStyle(style: OverlayStyle) {
    this.#style = style;
  }

  toggleStyle() {
    this.#style = this.#style === 'outline' ? 'fill' : 'outline';
  }

  setOpacity(opacity: number) {
    this.#opacity = opacity;
  }

  hideMask(isHidden: boolean) {
    this.#isMaskHidden = isHidden;
  }

  showEqualized(isEqualized: boolean) {
    this.#isEqualized = isEqualized;
  }

  setLayout(layout: BothLayout) {
    this.#layout = layout;
  }

  setOverlay(overlay: BothOverlay) {
    this.#overlay = overlay;
  }

  setVolumeView(view: VolumeView) {
    this.#volumeView = view;
  }
}
