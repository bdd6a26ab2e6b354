/** What is written under a screenshot: whose masks are on it, and what it is not for. */
import type { Rgb } from '../display/overlay';
import { type MaskProvenance, parametersText } from '../domain/provenance';
import type { CaptionLine } from './screenshot';

interface ShownMask {
  readonly name: string;
  readonly colour: Rgb;
  readonly isDashed: boolean;
  readonly about: MaskProvenance;
}

/** Nothing of the file: names of files are often those of patients. */
export function screenshotCaption(
  masks: readonly ShownMask[],
  { isMaskHidden, overlay }: { readonly isMaskHidden: boolean; readonly overlay: 'masks' | 'disagreement' },
): readonly CaptionLine[] {
  const shown = masks.map(({ name, colour, isDashed, about }): CaptionLine => {
    const made = `${about.modelId}, ${parametersText(about)}, metsight ${about.programVersion}`;
    return { text: `${name}${isDashed ? ' (dashed)' : ''}: ${made}`, colour };
  });
  const only = masks.length > 1 && overlay === 'disagreement' ? [{ text: 'Only where they disagree.' }] : [];
  return [
    ...(isMaskHidden ? [{ text: 'The masks are hidden.' }] : [...shown, ...only]),
    { text: 'Research use only, not for diagnosis.' },
  ];
}
