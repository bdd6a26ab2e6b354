/**
 * Updates in random order: whatever a host serves and whenever, a page is whole and of one release, or says that it is not.
 * `npm run test:updates` runs 20 sequences; `METSIGHT_UPDATE_SEQUENCES` sets how many.
 */
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { ChangingHost, lazyName, letters, makeReleases, sameName, type Files, type Letter } from './releases';

const sequenceCount = Number(process.env.METSIGHT_UPDATE_SEQUENCES ?? 3);
const stepsEach = 14;

let releases: ReadonlyMap<Letter, Files>;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  releases = await makeReleases();
});

/** Numerical Recipes' linear congruential generator: the same sequence for the same seed. */
class Dice {
  #state: number;
  constructor(seed: number) {
    // Spread out, because the first numbers of neighbouring seeds are alike.
    this.#state = Math.imul(seed, 2654435761) >>> 0;
    for (let n = 0; n < 10; n++) this.below(2);
  }
  below(count: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * count);
  }
  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}

/** In the middle of an upload: each file is of one release or of the other, or not there. */
function halfway(from: Files, to: Files, dice: Dice): Files {
  const names = [...new Set([...from.keys(), ...to.keys()])].sort();
  return new Map(
    names.flatMap((name) => {
      const file = dice.of([from, to, to, undefined])?.get(name);
      return file ? [[name, file] as const] : [];
    }),
  );
}

interface Seen {
  /** Release of each part that the page is made of, and of what it fetches later; `none` where it gets nothing. */
  readonly parts: readonly string[];
  readonly text: string;
}

const look = (page: Page): Promise<Seen> =>
  page.evaluate(
    async ([same, lazies]) => {
      const root = document.documentElement;
      const { page: html, script } = root.dataset;
      const style = getComputedStyle(root).getPropertyValue('--release').trim();
      const fetched = async (name: string) => {
        const response = await fetch(name).catch(() => undefined);
        return response?.ok ? (await response.text()).trim() : 'none';
      };
      const isRunning = script !== undefined;
      const later = isRunning ? await Promise.all([same, ...lazies].map(fetched)) : [];
      return {
        parts: [html, script, style || undefined, ...later].map((part) => part ?? 'none'),
        text: document.body.innerText,
      };
    },
    [sameName, letters.map(lazyName)] as const,
  );

const isApp = ({ text }: Seen) => text.includes('Drop a brain MRI here');
const isNotice = ({ text }: Seen) => /load the page again\s+in\s+a minute/i.test(text);

class Story {
  readonly #dice: Dice;
  readonly #context: BrowserContext;
  readonly #host: ChangingHost;
  readonly #address: string;
  readonly tabs: Page[] = [];
  readonly told: string[] = [];
  #now: Letter = 'A';
  /** A whole release has been kept once: from then on the page must always come up. */
  #isInstalled = false;

  constructor(seed: number, context: BrowserContext, host: ChangingHost, address: string) {
    this.#dice = new Dice(seed);
    this.#context = context;
    this.#host = host;
    this.#address = address;
  }

  deploy(letter: Letter) {
    this.told.push(`deploy ${letter}`);
    this.#now = letter;
    this.#host.files = releases.get(letter)!;
  }

  async step() {
    const actions = [
      () => this.deploy(this.#dice.of(letters)),
      () => this.deploy(this.#dice.of(letters)),
      () => {
        const next = this.#dice.of(letters);
        this.told.push(`half of ${next} over ${this.#now}`);
        this.#host.files = halfway(releases.get(this.#now)!, releases.get(next)!, this.#dice);
        this.#now = next;
      },
      () => {
        this.#host.isReachable = !this.#host.isReachable;
        this.told.push(this.#host.isReachable ? 'host comes back' : 'host goes away');
      },
      () => this.visit(),
      () => this.visit(),
      () => this.reload(),
      () => this.reload(),
      () => this.close(),
      () => this.startNew(),
    ];
    await this.#dice.of(actions)();
    for (const tab of this.tabs) await this.#check(tab);
  }

  async visit() {
    this.told.push('visit');
    const tab = this.tabs.length < 2 ? await this.#context.newPage() : this.#dice.of(this.tabs);
    if (!this.tabs.includes(tab)) this.tabs.push(tab);
    await this.#arrive(tab, () => tab.goto(this.#address));
  }

  async reload() {
    const tab = this.tabs[this.#dice.below(Math.max(1, this.tabs.length))];
    if (!tab) return;
    this.told.push('reload');
    await this.#arrive(tab, () => tab.reload());
  }

  async close() {
    const tab = this.tabs.pop();
    if (tab) this.told.push('close');
    await tab?.close();
  }

  async startNew() {
    const tab = this.tabs.at(-1);
    const button = tab?.getByRole('button', { name: 'Start it' });
    if (!tab || !button || (await button.count()) === 0) return;
    this.told.push('start the new version');
    await this.#arrive(tab, () => button.click());
  }

  async #arrive(tab: Page, go: () => Promise<unknown>) {
    const isGone = await go().then(
      () => false,
      () => true,
    );
    // Without its host, and never installed: the browser's own page.
    if (isGone && !this.#isInstalled) {
      this.tabs.splice(this.tabs.indexOf(tab), 1);
      await tab.close();
      return;
    }
    expect(isGone, this.#story()).toBe(false);
    await this.#settle(tab);
  }

  /** The first visit loads itself once more; what is being kept in the background is waited for. */
  async #settle(tab: Page) {
    await tab.waitForTimeout(300);
    const isOffline = tab.getByText('works offline');
    if (this.#host.isReachable && isApp(await this.#see(tab))) {
      await isOffline.waitFor({ timeout: 3000 }).catch(() => undefined);
    }
    if ((await isOffline.count()) > 0) this.#isInstalled = true;
  }

  /** A page may be just loading itself anew. */
  async #see(tab: Page): Promise<Seen> {
    for (let left = 10; ; left--) {
      try {
        return await look(tab);
      } catch (thrown) {
        if (left === 0) throw thrown;
        await tab.waitForTimeout(200);
      }
    }
  }

  async #check(tab: Page) {
    const seen = await this.#see(tab);
    const story = `${this.#story()}\nshown: ${seen.parts.join(' ')}\n${seen.text.slice(0, 200)}`;
    expect(isApp(seen) || isNotice(seen), `a blank page: ${story}`).toBe(true);
    if (this.#isInstalled) expect(isApp(seen), `the page is kept, and must come up: ${story}`).toBe(true);
    if (!isApp(seen)) return;
    expect(new Set(seen.parts.filter((part) => part !== 'none')).size, `a mixed page: ${story}`).toBe(1);
    expect(seen.parts.slice(0, 3), `half a page: ${story}`).not.toContain('none');
  }

  /** The host is whole and there again: after all tabs were closed once more, the newest release runs. */
  async end(letter: Letter) {
    this.#host.isReachable = true;
    this.deploy(letter);
    while (this.tabs.length > 0) await this.close();
    await expect(async () => {
      await this.visit();
      const seen = await this.#see(this.tabs[0]!);
      await this.close();
      expect(seen.parts.slice(0, 3), this.#story()).toEqual([letter, letter, letter]);
    }).toPass({ timeout: 30_000 });
  }

  #story() {
    return this.told.join(', ');
  }
}

for (let seed = 1; seed <= sequenceCount; seed++) {
  test(`updates in the order of seed ${seed} never show a blank or mixed page`, async ({ browser }) => {
    const host = new ChangingHost(seed % 2 === 0);
    const address = await host.open();
    const context = await browser.newContext();
    try {
      const story = new Story(seed, context, host, address);
      story.deploy('A');
      if (seed % 4 !== 0) await story.visit();
      for (let step = 0; step < stepsEach; step++) await story.step();
      await story.end('C');
      console.log(`seed ${seed}: ${story.told.join(', ')}`);
    } finally {
      await context.close();
      host.close();
    }
  });
}
