import { afterEach, expect, test, vi } from 'vitest';
import { screenshot } from './screenshot';

afterEach(() => vi.unstubAllGlobals());

interface Drawn {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** As much of a page as a screenshot looks at: a picture with two letters, in a frame that begins at (10, 20). */
function stage() {
  const written: Drawn[] = [];
  const sizes: number[] = [];
  const context = {
    ...{ scale() {}, fillRect() {}, drawImage() {}, strokeText() {} },
    fillText: (text: string, x: number, y: number) => written.push({ text, x, y }),
    getImageData: (_x: number, _y: number, width: number, height: number) => {
      sizes.push(width, height);
      return { data: new Uint8ClampedArray(4) };
    },
  };
  vi.stubGlobal('window', { devicePixelRatio: 2 });
  vi.stubGlobal('document', { createElement: () => ({ getContext: () => context }) });
  const at = (left: number, top: number, width: number, height: number, textContent = '') => ({
    textContent,
    dispatchEvent() {},
    getBoundingClientRect: () => ({ left, top, width, height }),
  });
  const inside: Readonly<Record<string, readonly unknown[]>> = {
    canvas: [at(10, 20, 300, 200)],
    '[data-burned-in]': [at(22, 110, 10, 20, 'R'), at(288, 110, 10, 20, 'L')],
  };
  const frame = { ...at(10, 20, 300, 200), querySelectorAll: (selector: string) => inside[selector] ?? [] };
  // As much of an Element as is asked for.
  return { frame: frame as unknown as Element, written, sizes };
}

test('the letters of the patient’s sides are in the picture where they are on screen', () => {
  const { frame, written } = stage();
  screenshot(frame, []);
  expect(written).toEqual([
    { text: 'R', x: 17, y: 100 },
    { text: 'L', x: 283, y: 100 },
  ]);
});

test('whose masks they are is written under the pictures, and covers none', () => {
  const { frame, written, sizes } = stage();
  screenshot(frame, [{ text: 'a-model, p >= 0.35', colour: [1, 2, 3] }, { text: 'not for diagnosis' }]);
  const lines = written.slice(2);
  expect(lines.map(({ text }) => text)).toEqual(['a-model, p >= 0.35', 'not for diagnosis']);
  expect(Math.min(...lines.map(({ y }) => y))).toBeGreaterThan(200);
  // Twice the pixels, with room for two lines.
  expect(sizes).toEqual([600, 2 * (200 + 2 * 18 + 10)]);
});
