/** What is going on, in one sentence: announced politely. */
import type { Answer } from '../study/answers';
import { networkFacts } from '../study/networkChoice';
import type { Study } from '../study/Study.svelte';
import { resultText } from './words';

export function statusText(study: Study): string {
  const { current, phase } = study;
  if (study.intake.isRunning) return 'Looking through the files.';
  if (!current) return study.isNothingFound ? 'Nothing to open.' : '';
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
      return study.lesions.answers
        .map((answer) => {
          const name = study.choice === 'both' ? `${networkFacts[answer.architecture].shortName}: ` : '';
          return name + answerText(answer);
        })
        .join(' ');
  }
}

/** The answer of one network, as reviewed. */
export function answerText({ segmented, lesions, rejected }: Answer): string {
  const { outline, highest } = segmented;
  return resultText({ lesions, rejectedCount: rejected.size, rule: outline.rule, highest, grid: outline.mask.grid });
}
