/** What a key does to the study. */
import type { Study } from '../study/Study.svelte';
import type { Action } from './keys';
import { smallestRange, steppedSmallest, steppedThreshold } from './ruleRanges';
import { zoomStep } from './zoomStep';

/** What is not the study's: the page does it. */
export interface PageActions {
  readonly help: () => void;
  readonly downloadMask: () => void;
}

export function perform(action: Action, study: Study, page: PageActions) {
  const view = study.current?.view;
  const [rule] = study.rules;
  switch (action) {
    case 'choose-files':
      document.getElementById('choose-files')?.click();
      return;
    case 'nested-unet':
    case 'attention-unet':
    case 'both':
      study.choose(action);
      return;
    case 'hide-mask':
      study.display.hideMask(true);
      return;
    case 'slice-back':
      view?.showSlice(view.k - 1);
      return;
    case 'slice-on':
      view?.showSlice(view.k + 1);
      return;
    case 'slice-first':
      view?.showSlice(0);
      return;
    case 'slice-last':
      view?.showSlice(view.sliceCount - 1);
      return;
    case 'file-back':
      study.step(-1);
      return;
    case 'file-on':
      study.step(1);
      return;
    case 'zoom-in':
    case 'zoom-out':
      // About the middle, so the size of the screen does not matter.
      if (view) zoomStep(view, action === 'zoom-in' ? 1 : -1, [1, 1]);
      return;
    case 'fit':
      view?.fit();
      return;
    case 'style':
      study.display.toggleStyle();
      return;
    case 'cancel':
      study.cancel();
      return;
    case 'lesion-on':
      study.stepGroup(1);
      return;
    case 'lesion-back':
      study.stepGroup(-1);
      return;
    case 'threshold-down':
    case 'threshold-up':
      if (rule) study.setThreshold(steppedThreshold(rule.threshold, action === 'threshold-up' ? 1 : -1));
      return;
    case 'smallest-down':
    case 'smallest-up':
      if (rule) {
        const range = smallestRange(view?.picture);
        study.setSmallest(steppedSmallest(rule.minVoxelCount, action === 'smallest-up' ? 1 : -1, range));
      }
      return;
    case 'equalized':
      study.showEqualized(!study.display.isEqualized);
      return;
    case 'preset':
      view?.nextPreset();
      return;
    case 'download-mask':
      page.downloadMask();
      return;
    case 'help':
      page.help();
      return;
  }
}
