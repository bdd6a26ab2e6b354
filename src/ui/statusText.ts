/** What is going on, in one sentence: announced politely. */
import { networkFacts } from '../study/networkChoice';
import type { Study } from '../study/Study.svelte';
import { resultText } from './words';

export function statusText(study: Study): string {
  const { current, phase } = study;
  if (!current) return '';
  switch (phase) {
    case 'empty':
      return '';
    case 'opening':
      return `Reading ${current.name}.`;
    case 'ready':
      return study.chosen.some(({ state }) => state.kind === 'waiting')
        ? 'Waiting for the network.'
        : 'Ready to segment.';
    case 'segmenting':
      return 'Segmenting.';
    case 'failed':
      // The card says it, as an alert.
      return '';
    case 'segmented':
      return study.chosen
        .flatMap(({ architecture, state }) => {
          if (state.kind !== 'segmented') return [];
          const name = study.choice === 'both' ? `${networkFacts[architecture].shortName}: ` : '';
          const sliceCount = current.view?.sliceCount ?? 1;
          return [name + resultText({ ...state.outline, highest: state.highest, sliceCount })];
        })
        .join(' ');
  }
}
