/** Hands a file to the browser's downloads; it never leaves the computer. */
import type { Download } from '../study/downloads';

/** The browser takes the content when the click is handled, or soon after; then the memory is freed. */
const ampleMs = 60_000;
const enoughMs = 3000;

/** Addresses of files whose bytes are in memory still. */
const saved = new Set<string>();

export function saveFile({ name, content, type }: Download) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  saved.add(address);
  dropIn(ampleMs, address);
}

/** What they were made of is closed: nobody waits for the rest of the minute. */
export function dropSaved() {
  for (const address of saved) dropIn(enoughMs, address);
}

function dropIn(ms: number, address: string) {
  setTimeout(() => {
    URL.revokeObjectURL(address);
    saved.delete(address);
  }, ms);
}
