/**
 * Nothing leaves: proven where it would arrive. Every way out is tried from the page and from the workers that see data,
 * each to a socket of its own, with the policy and without: what arrives without it must not arrive with it.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, expect, test, type LaunchOptions, type Page } from '@playwright/test';
import { dicomFiles } from './drawnHead';
import { downloads, reach } from './journey';
import { phantomPng } from './pictures';
import { plainHost, type Policy } from './plainHost';
import { anywhere, inDocument, inServiceWorker, leaving, type Target } from './probes';
import { listen, listeningHost, type Listener } from './sockets';

/** Long after the last probe that arrives without a policy, on a busy machine. */
const silenceMs = 6000;
const patienceMs = 25_000;

/** Whatever is sent to any name but the host's own, by whatever part of the browser, arrives at this socket. */
const elsewhereArgs = (elsewhere: Listener) => [
  '--disable-component-update',
  '--disable-sync',
  `--host-resolver-rules=MAP * ${listeningHost}:${elsewhere.port}, EXCLUDE localhost, EXCLUDE ${listeningHost}`,
];

/** What the browser sends of its own accord, to its maker; no page is needed for it. */
const ofTheBrowser = /(^|[ .])(google|googleapis|gstatic|gvt1|googleusercontent|chromium)\.(com|org)$/;

type Place = 'page' | 'worker' | 'worker of OpenCV.js' | 'thread' | 'service worker' | 'page, leaving it';

interface Attempt {
  readonly place: Place;
  readonly probe: string;
  readonly socket: Listener;
}

/** Not in the debugger's own call, which is exempt from the ban of eval; a probe that never ends holds nothing up. */
const code = (name: string, probe: (target: Target) => unknown, { port }: Listener) => {
  const host = `${listeningHost}:${port}`;
  const target = JSON.stringify({ host, http: `http://${host}/` } satisfies Target);
  return `setTimeout(async () => {
    (self.tried ??= []).push(${JSON.stringify(name)});
    try { await (${probe.toString()})(${target}) } catch {}
  });`;
};

/** A worker whose error nobody handles is ended by the page, and the probes behind it with it. */
const bearErrors = `
  for (const kind of ['error', 'unhandledrejection']) {
    self.addEventListener(kind, (event) => {
      if (event.target !== self) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }, true);
  }`;

const answerMs = 5000;

const after = <T>(ms: number, value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), ms));

interface Runner {
  evaluate(code: string): Promise<unknown>;
}

async function fire(place: Place, runner: Runner, probes: Readonly<Record<string, (target: Target) => unknown>>) {
  const attempts: Attempt[] = [];
  for (const probe of Object.keys(probes)) attempts.push({ place, probe, socket: await listen() });
  const all = attempts.map(({ probe, socket }) => code(probe, probes[probe]!, socket));
  await runner.evaluate(`${bearErrors}\n${all.join('\n')}\nundefined`);
  if (place !== 'page, leaving it') await expectTried(runner, Object.keys(probes));
  return attempts;
}

/** Silence means something only where each probe did run. */
async function expectTried(runner: Runner, probes: readonly string[]) {
  const tried = async () => {
    const answer = runner.evaluate('self.tried ?? []').catch((error) => [String(error)]);
    return (await Promise.race([answer, after(answerMs, ['no answer'])])) as readonly string[];
  };
  await expect.poll(tried, { timeout: patienceMs }).toEqual(probes);
}

/** Opened, dropped, segmented, taken away, with everything that holds the patient's data. @returns names of downloads */
async function wholeJourney(page: Page, folder: string): Promise<readonly string[]> {
  const { buffer, name, mimeType } = phantomPng();
  const transfer = await page.evaluateHandle(
    ([base64, called, type]) => {
      const held = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64!), (sign) => sign.charCodeAt(0));
      held.items.add(new File([bytes], called!, { type: type! }));
      return held;
    },
    [buffer.toString('base64'), name, mimeType],
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await reach(page, 'segmented');
  await page.getByRole('button', { name: 'Close all' }).click();
  await page.getByLabel('Choose a folder').setInputFiles(folder);
  await reach(page, 'segmented');
  await page.getByRole('checkbox', { name: 'the patient’s name' }).check();
  const taken: string[] = [];
  for (const button of ['Download mask', 'Download probability map', 'Download lesions', 'DICOM SEG']) {
    const files = await downloads(page, 1, () => page.getByRole('button', { name: button }).click());
    taken.push(...files.keys());
  }
  return taken;
}

/** Enough that every worker is at work. */
async function shortJourney(page: Page): Promise<readonly string[]> {
  await page.getByRole('button', { name: 'Try a phantom' }).click();
  await reach(page, 'segmented');
  return [];
}

async function tryEverything(
  policy: Policy,
  journey: (page: Page) => Promise<readonly string[]>,
  launchOptions: LaunchOptions,
) {
  const elsewhere = await listen();
  const host = await plainHost(policy);
  const args = [...(launchOptions.args ?? []), ...elsewhereArgs(elsewhere)];
  const browser = await chromium.launch({ ...launchOptions, args });
  const attempts: Attempt[] = [];
  try {
    const context = await browser.newContext({ acceptDownloads: true, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${host.address}?backend=wasm&network=attention-unet`);
    if (policy === 'service-worker') await expect(page.getByText('works offline')).toBeVisible({ timeout: 60_000 });
    const taken = await journey(page);

    // In the order in which they were started: the page's, then those that it starts; the network's threads are from blobs.
    const [first, ...others] = page.workers();
    const opencv = others.find((worker) => worker.url().includes('/sealed/'))!;
    const thread = others.find((worker) => worker.url().startsWith('blob:'));
    attempts.push(...(await fire('worker', first!, anywhere)));
    attempts.push(...(await fire('worker of OpenCV.js', opencv, anywhere)));
    if (thread) attempts.push(...(await fire('thread', thread, anywhere)));
    attempts.push(...(await fire('page', page, { ...anywhere, ...inDocument })));
    for (const [probe, act] of Object.entries(leaving)) {
      const another = await context.newPage();
      await another.goto(host.address);
      attempts.push(...(await fire('page, leaving it', another, { [probe]: act })));
    }
    const deadline = Date.now() + (policy === 'none' ? patienceMs : silenceMs);
    const isDone = () => attempts.every(({ socket }) => socket.arrived.length > 0);
    while (Date.now() < deadline && !isDone()) await after(250, undefined);
    const arrived = new Map(attempts.map(({ place, probe, socket }) => [`${place}: ${probe}`, [...socket.arrived]]));
    return { taken, arrived, elsewhere: [...elsewhere.arrived] };
  } finally {
    await browser.close();
    await host.close();
    await Promise.all([elsewhere, ...attempts.map(({ socket }) => socket)].map((socket) => socket.close()));
  }
}

/** Cannot be told from silence: this browser sends nothing for these, or not always, policy or not. */
const seldomSent = ['preconnect', 'dns-prefetch', 'speculation rules'].map((probe) => `page: ${probe}`);

const leastProbes = 25;

/** What a <meta> cannot forbid, where there is neither a service worker nor a header: a page's WebRTC and where it goes to. */
const openUnderMeta: readonly string[] = [
  ...['WebRTC, STUN', 'WebRTC, TURN over TCP', 'WebRTC, to a candidate', 'window that opens'].map(
    (way) => `page: ${way}`,
  ),
  // Connected to, but asked for nothing.
  ...['iframe', 'form into an iframe'].map((way) => `page: ${way}`),
  ...['page goes elsewhere', 'page is refreshed to elsewhere', 'form into the page'].map(
    (way) => `page, leaving it: ${way}`,
  ),
];

/** That worker has the policy of its own response: where the host sends none, its code alone binds it. */
const isOpenUnderMeta = (probe: string) => probe.startsWith('worker of OpenCV.js: ') || openUnderMeta.includes(probe);

const leaksOf = (arrived: ReadonlyMap<string, readonly string[]>) =>
  [...arrived].filter(([, all]) => all.length > 0).map(([probe]) => probe);

test('in page and workers, no way out of ≥ 25 is open that is open without the policy', async ({ launchOptions }) => {
  test.setTimeout(300_000);
  const folder = await mkdtemp(path.join(tmpdir(), 'metsight-egress-'));
  try {
    const series = dicomFiles([{ number: 2, description: 'AX T1 POST GD', isEnhanced: true }]);
    await Promise.all(series.map(({ name, buffer }) => writeFile(path.join(folder, name), buffer)));
    const open = await tryEverything('none', shortJourney, launchOptions);
    const meta = await tryEverything('meta', shortJourney, launchOptions);
    const sealed = await tryEverything('service-worker', (page) => wholeJourney(page, folder), launchOptions);

    const shown = (arrived: readonly string[] = []) =>
      (arrived.find((one) => one !== 'connection') ?? arrived[0] ?? '-').replace(/ for 127.*/, '').padEnd(24);
    const rows = [...sealed.arrived].map(([probe, arrived]) =>
      [probe.padEnd(48), shown(open.arrived.get(probe)), shown(meta.arrived.get(probe)), shown(arrived)].join(' '),
    );
    const counted = leaksOf(open.arrived);
    const head = ['way out'.padEnd(48), 'no policy'.padEnd(24), '<meta> alone'.padEnd(24), 'service worker'].join(' ');
    console.log([head, ...rows].join('\n'));
    console.log(
      `${counted.length} of ${open.arrived.size} arrive without a policy; the others this browser never sends`,
    );

    expect(sealed.taken).toHaveLength(4);
    expect(sealed.elsewhere.filter((one) => !ofTheBrowser.test(one))).toEqual([]);
    const silent = [...open.arrived.keys()].filter((probe) => !counted.includes(probe));
    expect(seldomSent).toEqual(expect.arrayContaining(silent));
    for (const place of ['page: ', 'worker: ', 'worker of OpenCV.js: ']) {
      const least = place === 'page: ' ? leastProbes : 10;
      expect(counted.filter((probe) => probe.startsWith(place)).length).toBeGreaterThanOrEqual(least);
    }
    expect(leaksOf(sealed.arrived)).toEqual([]);
    expect(leaksOf(meta.arrived).filter((probe) => !isOpenUnderMeta(probe))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** A service worker answers for the page, and nobody answers for it: on a host without headers it has no policy. */
test('the service worker itself is bound where the host sends the header files', async ({ launchOptions, baseURL }) => {
  const plain = await plainHost();
  const browser = await chromium.launch(launchOptions);
  const arrivedFrom = async (address: string) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${address}?backend=wasm`);
    await expect(page.getByText('works offline')).toBeVisible({ timeout: 60_000 });
    const attempts = await fire('service worker', context.serviceWorkers()[0]!, inServiceWorker);
    await after(silenceMs, undefined);
    await context.close();
    return attempts.filter(({ socket }) => socket.arrived.length > 0).map(({ probe }) => probe);
  };
  try {
    expect(await arrivedFrom(plain.address)).toEqual(Object.keys(inServiceWorker));
    expect(await arrivedFrom(baseURL!)).toEqual([]);
  } finally {
    await browser.close();
    await plain.close();
  }
});
