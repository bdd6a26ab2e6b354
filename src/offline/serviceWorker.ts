/** The service worker: keeps the program on this computer, puts the policy on every response, answers `POST predict/`. */
import type { Answers, Question } from './messages';
import { predict } from './predict';
import { modelIdOf, type Release } from './release';
import { Server } from './serve';
import { Shelf } from './shelf';

declare const self: ServiceWorkerGlobalScope;
/** The build's own list of its files; written in by the build. */
declare const RELEASE: Release;

const scope = self.registration.scope;
const shelf = new Shelf(scope);
const server = new Server(scope, RELEASE, shelf);

const startedMs = Date.now();
const requestsByOrigin = new Map<string, number>();
let refusedCount = 0;

/** All or nothing: where one file is missing or not the release's, this version is not installed and the old one stays. */
async function install() {
  const isFirst = self.registration.active === null;
  const chosen = isFirst ? new Set<string>() : await shelf.chosenModels();
  const wanted = RELEASE.files.filter((file) => {
    if (isFirst) return RELEASE.shell.includes(file.path);
    const modelId = modelIdOf(file.path);
    return modelId === undefined || chosen.has(modelId);
  });
  for (const file of wanted) await shelf.keep(file);
}

/** Runs when no page of an older release is left. */
async function activate() {
  await shelf.prune(RELEASE);
}

/** A page that came straight from the host may be of another release than this: it is not served files of two. */
async function claim(script: string) {
  if (server.has(script)) await self.clients.claim();
}

/** The program, without the networks: those are kept as they are chosen. */
async function keepAll(): Promise<boolean> {
  try {
    for (const file of RELEASE.files) if (modelIdOf(file.path) === undefined) await shelf.keep(file);
    return true;
  } catch {
    return false;
  }
}

/** Only for a page that is alone: another one would meet files that its own release does not have. */
async function takeOver(): Promise<boolean> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (pages.filter(({ url }) => url.startsWith(scope)).length > 1) return false;
  await self.skipWaiting();
  return true;
}

async function answer(question: Question): Promise<Answers[Question['kind']]> {
  switch (question.kind) {
    case 'claim':
      await claim(question.script);
      return {};
    case 'keep-all':
      return { isKept: await keepAll() };
    case 'take-over':
      return { isTaken: await takeOver() };
    case 'requests':
      return { sinceMs: startedMs, byOrigin: Object.fromEntries(requestsByOrigin), refused: refusedCount };
    case 'forget':
      await shelf.forget();
      return {};
  }
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));

self.addEventListener('message', (event) => {
  const [port] = event.ports;
  if (port) event.waitUntil(answer(event.data as Question).then((told) => port.postMessage(told)));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin } = new URL(request.url);
  requestsByOrigin.set(origin, (requestsByOrigin.get(origin) ?? 0) + 1);
  if (origin !== self.location.origin) {
    refusedCount++;
    event.respondWith(Response.error());
  } else if (/^predict\/?$/.test(server.pathOf(request.url) ?? '')) {
    event.respondWith(predict(request, self.clients, scope));
  } else {
    event.respondWith(server.answer(request));
  }
});
