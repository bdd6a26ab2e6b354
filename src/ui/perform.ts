/** What a key does to the study. */
import { sizeOf } from '../study/rule';
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
  const [rule] = study.rules.shown;
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
      study.lesions.step(1);
      return;
    case 'lesion-back':
      study.lesions.step(-1);
      return;
    case 'accept':
    case 'reject': {
      const { selected } = study.lesions;
      if (selected) study.lesions.decide(selected, action === 'accept' ? 'accepted' : 'rejected');
      return;
    }
    case 'undo':
      study.lesions.undo();
      return;
    case 'redo':
      study.lesions.redo();
      return;
    case 'threshold-down':
    case 'threshold-up':
      if (rule) study.setThreshold(steppedThreshold(rule.threshold, action === 'threshold-up' ? 1 : -1));
      return;
    case 'smallest-down':
    case 'smallest-up':
      if (rule && view) {
        const { grid } = view.slicing;
        const { value } = sizeOf(rule.minVoxelCount, grid);
        study.setSmallest(steppedSmallest(value, action === 'smallest-up' ? 1 : -1, smallestRange(grid)));
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
