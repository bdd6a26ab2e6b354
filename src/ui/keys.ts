/** Which key does what, and when a key belongs to the control that has the focus. */

export type Action =
  | 'choose-files'
  | 'nested-unet'
  | 'attention-unet'
  | 'both'
  | 'hide-mask'
  | 'slice-back'
  | 'slice-on'
  | 'slice-first'
  | 'slice-last'
  | 'file-back'
  | 'file-on'
  | 'zoom-in'
  | 'zoom-out'
  | 'fit'
  | 'style'
  | 'cancel'
  | 'lesion-on'
  | 'lesion-back'
  | 'accept'
  | 'reject'
  | 'undo'
  | 'redo'
  | 'threshold-down'
  | 'threshold-up'
  | 'smallest-down'
  | 'smallest-up'
  | 'equalized'
  | 'preset'
  | 'download-mask'
  | 'help';

const actions: Readonly<Record<string, Action>> = {
  o: 'choose-files',
  '1': 'nested-unet',
  '2': 'attention-unet',
  '3': 'both',
  ' ': 'hide-mask',
  ArrowUp: 'slice-back',
  ArrowDown: 'slice-on',
  Home: 'slice-first',
  End: 'slice-last',
  ArrowLeft: 'file-back',
  ArrowRight: 'file-on',
  '+': 'zoom-in',
  '=': 'zoom-in',
  '-': 'zoom-out',
  '0': 'fit',
  f: 'style',
  Escape: 'cancel',
  n: 'lesion-on',
  p: 'lesion-back',
  a: 'accept',
  x: 'reject',
  '[': 'threshold-down',
  ']': 'threshold-up',
  '{': 'smallest-down',
  '}': 'smallest-up',
  c: 'equalized',
  w: 'preset',
  s: 'download-mask',
  '?': 'help',
};

/** As the help shows them. */
export const keyHelp: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['O'], does: 'choose files' },
  { keys: ['1', '2', '3'], does: 'U-Net++, Attention U-Net, both' },
  { keys: ['Space'], does: 'hide the mask while held; with a drag: move the picture' },
  { keys: ['F'], does: 'outline or fill' },
  { keys: ['N', 'P'], does: 'next, previous lesion' },
  { keys: ['A', 'X'], does: 'accept, reject the lesion' },
  { keys: ['Ctrl Z', 'Ctrl Y'], does: 'undo, redo a decision' },
  { keys: ['[', ']'], does: 'threshold down, up by 0.05' },
  { keys: ['{', '}'], does: 'smallest lesion down, up' },
  { keys: ['C'], does: 'before or after CLAHE' },
  { keys: ['W'], does: 'next window preset' },
  { keys: ['+', '−', '0'], does: 'zoom in, out, fit' },
  { keys: ['↑', '↓'], does: 'slice of a stack (also the wheel)' },
  { keys: ['Home', 'End'], does: 'first, last slice' },
  { keys: ['←', '→'], does: 'previous, next file' },
  { keys: ['S'], does: 'download the mask' },
  { keys: ['Esc'], does: 'cancel what runs, close what is open' },
  { keys: ['?'], does: 'this list' },
];

const moving = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown', ' '];

/** What has the focus, as far as keys are concerned. */
export type FocusedControl = 'none' | 'dialog' | 'text' | 'stepper' | 'button';

export function actionFor(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
  focused: FocusedControl,
): Action | undefined {
  const { key } = event;
  if (focused === 'dialog' || (focused === 'text' && key !== 'Escape')) return undefined;
  if (event.altKey) return undefined;
  if (event.ctrlKey || event.metaKey) return historyAction(key.toLowerCase(), event.shiftKey);
  if (focused === 'stepper' && moving.includes(key)) return undefined;
  if (focused === 'button' && key === ' ') return undefined;
  return actions[key.length === 1 ? key.toLowerCase() : key];
}

/** With Ctrl or ⌘; every other such key is the browser's. */
function historyAction(key: string, isShift: boolean): Action | undefined {
  if (key === 'z') return isShift ? 'redo' : 'undo';
  return key === 'y' && !isShift ? 'redo' : undefined;
}

/** Controls that use the arrows themselves are steppers: sliders, radio groups. */
export function focusedControl(target: EventTarget | null): FocusedControl {
  if (!(target instanceof Element)) return 'none';
  if (target.closest('[role="dialog"]')) return 'dialog';
  if (target.matches('select, textarea, input:not([type="radio"], [type="file"], [type="checkbox"])')) return 'text';
  if (target.matches('[role="slider"], [type="radio"]')) return 'stepper';
  return target.matches('button, a, summary, [type="file"], [type="checkbox"]') ? 'button' : 'none';
}
