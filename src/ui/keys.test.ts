import { expect, test } from 'vitest';
import { actionFor } from './keys';

const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

test('letters work in either case', () => {
  expect(actionFor(press('f'), 'none')).toBe('style');
  expect(actionFor(press('F'), 'none')).toBe('style');
});

test('the browser keeps its own shortcuts', () => {
  expect(actionFor(press('s', { ctrlKey: true }), 'none')).toBeUndefined();
  expect(actionFor(press('p', { metaKey: true }), 'none')).toBeUndefined();
  expect(actionFor(press('F5'), 'none')).toBeUndefined();
});

test('a slider keeps its arrows, and letters still work on it', () => {
  expect(actionFor(press('ArrowUp'), 'stepper')).toBeUndefined();
  expect(actionFor(press('Home'), 'stepper')).toBeUndefined();
  expect(actionFor(press('n'), 'stepper')).toBe('lesion-on');
});

test('a button keeps Space', () => {
  expect(actionFor(press(' '), 'button')).toBeUndefined();
  expect(actionFor(press(' '), 'none')).toBe('hide-mask');
});

test('in a dialog no key reaches the study behind it', () => {
  for (const key of ['Escape', '1', 'ArrowUp', '?']) expect(actionFor(press(key), 'dialog')).toBeUndefined();
});

test('while a choice is open, typing chooses', () => {
  expect(actionFor(press('f'), 'text')).toBeUndefined();
});

test('decisions are undone and redone by the keys of the system', () => {
  expect(actionFor(press('z', { ctrlKey: true }), 'button')).toBe('undo');
  expect(actionFor(press('Z', { metaKey: true, shiftKey: true }), 'none')).toBe('redo');
  expect(actionFor(press('y', { ctrlKey: true }), 'none')).toBe('redo');
  expect(actionFor(press('z', { ctrlKey: true }), 'text')).toBeUndefined();
  expect(actionFor(press('z'), 'none')).toBeUndefined();
});
