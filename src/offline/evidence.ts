/** What the page can show for "nothing leaves": its requests, its storage, and the hash of every file it is made of. */
import type { AddressOf } from '../domain/programFiles';
import { sha256 } from '../storage/sha256';
import type { Release } from './release';
import { releaseFile } from './release';

export interface Evidence {
  /** Requests of this document since it was loaded, by origin (Resource Timing). */
  readonly requests: ReadonlyMap<string, number>;
  readonly storage: { readonly usedBytes: number | undefined; readonly isPersisted: boolean | undefined };
}

export interface FileCheck {
  readonly path: string;
  /** `absent`: not on this computer, so it took no part. `unreadable`: it should be, and could not be had. */
  readonly verdict: 'same' | 'different' | 'absent' | 'unreadable';
}

/** The browser keeps 250 requests unless it is told to keep more. */
const keptRequests = 10_000;

export function keepRequests() {
  performance.setResourceTimingBufferSize(keptRequests);
}

/** Tells of each request of this document to another origin, also of those before this call. */
export function watchElsewhere(onRequest: () => void) {
  new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) {
      const { origin, protocol } = new URL(name);
      // The others (blob:, data:, those of extensions) reach no network.
      if (/^(https?|wss?):$/.test(protocol) && origin !== location.origin) onRequest();
    }
  }).observe({ type: 'resource', buffered: true });
}

/** Asks the browser to keep what is here when space is short. @returns whether it will */
export async function askToKeep(): Promise<boolean> {
  const storage: StorageManager | undefined = navigator.storage;
  return (await storage?.persist().catch(() => false)) ?? false;
}

export async function gatherEvidence(): Promise<Evidence> {
  const requests = new Map<string, number>();
  for (const { name } of performance.getEntriesByType('resource')) {
    const { origin, protocol } = new URL(name);
    const place = protocol === 'blob:' || protocol === 'data:' ? `${protocol} (inside this page)` : origin;
    requests.set(place, (requests.get(place) ?? 0) + 1);
  }
  const storage: StorageManager | undefined = navigator.storage;
  const usedBytes = (await storage?.estimate().catch(() => undefined))?.usage;
  const isPersisted = await storage?.persisted().catch(() => undefined);
  return { requests, storage: { usedBytes, isPersisted } };
}

/** @throws Error if the release's own list cannot be read */
export async function readRelease(addressOf: AddressOf): Promise<Release> {
  const response = await fetch(addressOf(releaseFile));
  return (await response.json()) as Release;
}

/** Hashes every file of the release as this page gets it. Networks that were never fetched are not fetched for this. */
export async function checkFiles(
  { files }: Release,
  addressOf: AddressOf,
  isWanted: (path: string) => boolean,
  onChecked: (check: FileCheck) => void,
): Promise<void> {
  for (const { path, sha256: expected } of files) {
    onChecked({ path, verdict: isWanted(path) ? await verdict(addressOf(path), expected) : 'absent' });
  }
}

async function verdict(address: string, expected: string): Promise<FileCheck['verdict']> {
  try {
    const response = await fetch(address, { cache: 'force-cache' });
    if (!response.ok) return 'unreadable';
    return (await sha256(new Uint8Array(await response.arrayBuffer()))) === expected ? 'same' : 'different';
  } catch {
    return 'unreadable';
  }
}
