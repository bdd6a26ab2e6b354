/** What of the networks is drawn on one picture. */
import { disagreement, type MaskLayer } from '../display/overlay';
import { maskLayer, provisionalLayer, provisionalMarks, rejectedLayer } from '../study/answers';
import type { Finding } from '../study/Finding.svelte';
import type { Study } from '../study/Study.svelte';
import type { View } from '../study/View.svelte';

export interface ShownLayers {
  /** As the style says: outlines or fill. */
  readonly masks: readonly MaskLayer[];
  /** Outlines beside the masks: what a person rejected, and what a network that is at work has marked so far. */
  readonly marks: readonly MaskLayer[];
}

/** Slices of the view in which a network that is at work has marked something so far. */
export function marksSoFar(study: Study, view: View): readonly number[] {
  if (view !== study.current?.view) return [];
  return study.chosen.flatMap((finding) => {
    const rule = study.rules.of(finding.architecture);
    return rule ? provisionalMarks(finding, rule.threshold) : [];
  });
}

export function shownLayers(study: Study, findings: readonly Finding[], view: View): ShownLayers {
  const { slicing, k } = view;
  const answers = study.lesions.answers.filter(({ architecture }) =>
    findings.some((finding) => finding.architecture === architecture),
  );
  const masks = answers.map((answer) => maskLayer(answer, slicing, k));
  const rejected = answers.filter((answer) => answer.rejected.size > 0);
  // Slices become known as the network goes through them: other planes are cut across.
  const isOwn = view === study.current?.view;
  const provisional = findings.flatMap((finding) => {
    const rule = study.rules.of(finding.architecture);
    return (isOwn && rule && provisionalLayer(finding, rule.threshold, k)) || [];
  });
  return {
    masks: study.display.overlay === 'disagreement' ? disagreement(masks) : masks,
    marks: [...rejected.map((answer) => rejectedLayer(answer, slicing, k)), ...provisional],
  };
}
