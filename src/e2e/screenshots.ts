/** `npm run screenshots`: the README's pictures, of the built page and the phantom. Look at them before committing. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Page } from '@playwright/test';

const root = path.resolve(import.meta.dirname, '../..');
const port = 5284;
const address = `http://localhost:${port}/`;
const executablePath = process.env.CHROMIUM ?? (existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : undefined);

const wide = { width: 1440, height: 900 };
const narrow = { width: 390, height: 844 };

async function segmentPhantom(page: Page, network: string) {
  await page.goto(`${address}?backend=wasm&network=${network}`);
  await page.getByRole('button', { name: 'Try a phantom' }).click();
  await page.locator('html[data-phase="segmented"]').waitFor({ timeout: 60_000 });
}

const shots: Record<
  string,
  { viewport: { width: number; height: number }; arrange: (page: Page) => Promise<unknown> }
> = {
  empty: { viewport: wide, arrange: (page) => page.goto(`${address}?backend=wasm`) },
  both: { viewport: wide, arrange: (page) => segmentPhantom(page, 'both') },
  narrow: { viewport: narrow, arrange: (page) => segmentPhantom(page, 'attention-unet') },
};

const server = spawn('npx', ['vite', 'preview', '--port', `${port}`, '--strictPort'], { cwd: root, stdio: 'ignore' });
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ['--no-sandbox', '--disable-background-networking'],
});
try {
  while (!(await fetch(address).catch(() => undefined))) await new Promise((resolve) => setTimeout(resolve, 200));
  for (const [name, { viewport, arrange }] of Object.entries(shots)) {
    const page = await browser.newPage({ viewport, colorScheme: 'dark' });
    await arrange(page);
    await page.waitForTimeout(1500);
    await page.screenshot({ path: path.join(root, 'src/e2e/screenshots', `${name}.png`) });
    await page.close();
  }
} finally {
  await browser.close();
  server.kill();
}
