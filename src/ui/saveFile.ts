/** Hands a file to the browser's downloads; it never leaves the computer. */
import type { Download } from '../study/downloads';

export function saveFile({ name, content, type }: Download) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser takes the content when the click is handled; a minute is ample, and then the memory is freed.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
