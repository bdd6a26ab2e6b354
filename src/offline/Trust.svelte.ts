/** Whether this page is sealed, works without its host, and has a newer version waiting. */
import { addressing, isOneFile, type AddressOf, type ProgramFiles } from '../domain/programFiles';
import { watchElsewhere } from './evidence';
import { forgetAll, reloadMark, type Forgotten } from './forget';
import type { Answers, Question } from './messages';
import { cameFromOwnWorker, isOwn, ownAddress, ownController } from './ownWorker';
import { pagePolicy } from './policy';
import { keptPaths } from './shelf';

export type Seal =
  /** No file is taken yet. */
  | { readonly kind: 'sealing' }
  /** `one-file`: by its own <meta>, where the whole program is one HTML file. */
  | { readonly kind: 'sealed'; readonly by: 'service-worker' | 'headers' | 'meta' | 'one-file'; readonly why?: string };

/** A worker that never becomes active must not keep the page closed. */
const patienceMs = 60_000;

/** A version that is just being dropped does not answer any more. */
const forgetWithinMs = 3000;

/** What the mark of a reload may say. */
const [withoutDrop, withDrop] = ['1', 'dropped'];

export class Trust {
  /** Where a file of the program can be fetched from by this page. */
  readonly addressOf: AddressOf;
  /** The page as it was before it reloaded was given something, which went with it. */
  readonly isDropLost = takeLoss();
  readonly #files: ProgramFiles;
  #isDropWaiting = false;
  #seal = $state.raw<Seal>({ kind: 'sealing' });
  #isOfflineReady = $state(false);
  #waiting = $state.raw<ServiceWorker>();
  #forgotten = $state.raw<Forgotten>();
  #elsewhereCount = $state(0);

  constructor(files: ProgramFiles) {
    this.#files = files;
    this.addressOf = addressing(files);
  }

  get seal() {
    return this.#seal;
  }

  get isSealed() {
    return this.#seal.kind === 'sealed';
  }

  /** All of the program is on this computer. */
  get isOfflineReady() {
    return this.#isOfflineReady && !this.isForgotten;
  }

  /** A newer release is here; it starts when this one is closed. */
  get isNewVersionReady() {
    return this.#waiting !== undefined;
  }

  get isForgotten() {
    return this.#forgotten !== undefined;
  }

  /** What came of forgetting everything; undefined until that was asked for. */
  get forgotten() {
    return this.#forgotten;
  }

  /** Requests that this page has made to other origins than its own. */
  get elsewhereCount() {
    return this.#elsewhereCount;
  }

  /** The whole program is this page's one file. */
  get isOneFile() {
    return isOneFile(this.#files);
  }

  /** The policy that binds this page, as text. */
  get policy(): string {
    const isByHost =
      this.#seal.kind === 'sealed' && (this.#seal.by === 'service-worker' || this.#seal.by === 'headers');
    if (isByHost) return pagePolicy;
    return document.querySelector<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy"]')?.content ?? 'none';
  }

  /** Something was dropped before the page is sealed: a reload, where one is needed, loses it. */
  keepDropInMind() {
    this.#isDropWaiting = true;
  }

  /** Resolves when the page is under a policy. May reload the page once, and then never resolves. */
  async start(): Promise<void> {
    watchElsewhere(() => this.#elsewhereCount++);
    this.#seal = await this.#becomeSealed();
    if (this.#seal.kind === 'sealed' && this.#seal.by === 'service-worker') forgetMark();
    void this.#becomeOfflineReady();
  }

  /** Starts the new version, if this is its only page. @returns false where another page is open */
  async takeOver(): Promise<boolean> {
    const waiting = this.#waiting;
    if (!waiting) return false;
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
    return (await ask(waiting, { kind: 'take-over' })).isTaken;
  }

  /** What the service worker saw; undefined where there is none. */
  async requests() {
    const controller = ownController();
    return controller ? ask(controller, { kind: 'requests' }) : undefined;
  }

  /** Paths of the release's files that are here: inside this page, or kept by the service worker. */
  async keptPaths(): Promise<readonly string[]> {
    if (isOneFile(this.#files)) return [...this.#files.inside.keys()];
    try {
      return [...(await keptPaths(new URL('.', document.baseURI).href))];
    } catch {
      // Where the browser has no cache for this page, or forbids it, nothing is kept.
      return [];
    }
  }

  /** Everything that this program has put on this computer: networks, files, and the service worker itself. Never rejects. */
  async forgetEverything() {
    const tell = (worker: ServiceWorker) => Promise.race([ask(worker, { kind: 'forget' }), atMost(forgetWithinMs)]);
    this.#forgotten = await forgetAll(isOneFile(this.#files), async (worker) => void (await tell(worker)));
  }

  async #becomeSealed(): Promise<Seal> {
    if (import.meta.env.DEV) return meta('development server');
    if (isOneFile(this.#files)) return { kind: 'sealed', by: 'one-file' };
    if (location.protocol === 'file:') return meta('opened as a file');
    const [isUnderHeaders, registered] = await Promise.all([hasPolicyHeaders(), register()]);
    if (typeof registered !== 'string') this.#watch(registered);
    if (cameFromOwnWorker() && crossOriginIsolated) return { kind: 'sealed', by: 'service-worker' };
    if (isUnderHeaders) return { kind: 'sealed', by: 'headers' };
    if (typeof registered === 'string') return meta(registered);
    if (!(await isActive(registered))) return meta('the service worker did not start');
    if (cameFromOwnWorker()) return { kind: 'sealed', by: 'service-worker' };
    const isMarked = markReload(this.#isDropWaiting);
    if (!isMarked) return meta('this browser does not let the service worker answer for the page');
    location.reload();
    return new Promise<never>(() => undefined);
  }

  async #becomeOfflineReady() {
    if (isOneFile(this.#files)) {
      this.#isOfflineReady = true;
      return;
    }
    if (!('serviceWorker' in navigator) || import.meta.env.DEV || location.protocol === 'file:') return;
    const { active } = await navigator.serviceWorker.ready;
    if (!isOwn(active)) return;
    if (!ownController()) await ask(active, { kind: 'claim', script: ownScript() });
    this.#isOfflineReady = (await ask(active, { kind: 'keep-all' })).isKept;
  }

  #watch(registration: ServiceWorkerRegistration) {
    const notice = () => {
      const { waiting, active } = registration;
      this.#waiting = waiting && active ? waiting : undefined;
    };
    notice();
    const follow = () => registration.installing?.addEventListener('statechange', notice);
    follow();
    registration.addEventListener('updatefound', follow);
  }
}

const meta = (why: string): Seal => ({ kind: 'sealed', by: 'meta', why });

/** @returns why not, where it cannot be */
async function register(): Promise<ServiceWorkerRegistration | string> {
  if (!isSecureContext) return 'plain http from another computer';
  if (!('serviceWorker' in navigator)) return 'this browser offers no service worker here';
  const refused = 'the browser refused the service worker';
  try {
    // Where an extension or a test puts its own function there, it may answer nothing.
    const registered: ServiceWorkerRegistration | undefined = await navigator.serviceWorker.register(ownAddress(), {
      updateViaCache: 'none',
    });
    return registered ?? refused;
  } catch {
    return refused;
  }
}

/** Whether the host itself sends the policy (the header files that come with the build). */
async function hasPolicyHeaders(): Promise<boolean> {
  if (!crossOriginIsolated) return false;
  try {
    const { headers } = await fetch(new URL('index.html', document.baseURI), { method: 'HEAD' });
    return headers.get('content-security-policy') === pagePolicy;
  } catch {
    return false;
  }
}

/** Relative to the page's folder: it names the release that this page is of, since its name holds its hash. */
const ownScript = () => import.meta.url.slice(new URL('.', document.baseURI).href.length);

/** An active one is enough, though a newer one may wait behind it for as long as another tab is open. */
export async function isActive({ installing, waiting, active }: ServiceWorkerRegistration): Promise<boolean> {
  if (active?.state === 'activated') return true;
  const worker = active ?? waiting ?? installing;
  if (!worker) return false;
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), patienceMs);
    worker.addEventListener('statechange', () => {
      if (worker.state !== 'activated' && worker.state !== 'redundant') return;
      clearTimeout(timer);
      resolve(worker.state === 'activated');
    });
  });
}

/** @returns false if this tab has reloaded for this already, or keeps no mark: it must not go round for ever */
function markReload(isDropWaiting: boolean): boolean {
  try {
    if (sessionStorage.getItem(reloadMark)) return false;
    sessionStorage.setItem(reloadMark, isDropWaiting ? withDrop : withoutDrop);
    return true;
  } catch {
    return false;
  }
}

/** Said once: another reload has lost nothing. */
function takeLoss(): boolean {
  try {
    const isLost = sessionStorage.getItem(reloadMark) === withDrop;
    if (isLost) sessionStorage.setItem(reloadMark, withoutDrop);
    return isLost;
  } catch {
    // Where storage is forbidden the page has not reloaded either.
    return false;
  }
}

const atMost = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function forgetMark() {
  try {
    sessionStorage.removeItem(reloadMark);
  } catch {
    // Where storage is forbidden there is no mark either.
  }
}

function ask<Kind extends Question['kind']>(
  worker: ServiceWorker,
  question: Extract<Question, { kind: Kind }>,
): Promise<Answers[Kind]> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<Answers[Kind]>) => resolve(data);
    worker.postMessage(question, [port2]);
  });
}
