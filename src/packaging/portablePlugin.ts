/** `npm run build:portable`: the whole program as one HTML file. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Plugin, UserConfig } from 'vite';
import { releaseFile } from '../offline/release';
import { onePage } from './onePage';
import { listRelease } from './releasePlugin';
import { type ListedModel, listModels } from './shippedModels';

export const portableMode = 'portable';

const pageName = 'metsight.html';

/** What makes a build out of single files: one script, one style sheet, one script a worker, and plain paths between them. */
export const portableConfig = {
  experimental: { renderBuiltUrl: (filename) => filename },
  build: {
    outDir: 'dist-portable',
    cssCodeSplit: false,
    modulePreload: false,
    rolldownOptions: { output: { codeSplitting: false } },
  },
} satisfies UserConfig;

/** Both networks for T1-CE go inside, whatever else ships: each adds 5 MB to the file. */
export const isInPortable = ({ sequence }: ListedModel) => sequence === 't1ce';

export function portablePlugin(root: string, version: string): Plugin {
  let folder = '';
  return {
    name: 'metsight-portable',
    configResolved({ build: { outDir } }) {
      folder = path.resolve(root, outDir);
    },
    closeBundle: {
      sequential: true,
      order: 'post',
      handler() {
        const read = (name: string) => readFileSync(path.join(folder, name));
        for (const model of listModels(path.join(folder, 'models'))) {
          if (!isInPortable(model)) rmSync(path.join(folder, 'models', model.id), { recursive: true });
        }
        const html = read('index.html').toString();
        const script = only(html, /<script type="module"[^>]*src="(?:\.\/)?([^"]+)"/);
        const style = only(html, /<link rel="stylesheet"[^>]*href="(?:\.\/)?([^"]+)"/);
        const icon = read('icon.svg').toString();
        const [scriptText, styleText] = [read(script).toString(), read(style).toString()];
        for (const name of ['index.html', 'icon.svg', 'icon-maskable.svg', 'metsight.webmanifest', script, style]) {
          rmSync(path.join(folder, name));
        }
        const release = listRelease(folder, version);
        const files = new Map<string, Uint8Array>(release.files.map(({ path: name }) => [name, read(name)]));
        files.set(releaseFile, Buffer.from(JSON.stringify(release)));
        const page = onePage({
          html,
          script: { path: script, text: scriptText },
          style: { path: style, text: styleText },
          icon,
          files,
        });
        for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true });
        writeFileSync(path.join(folder, pageName), page);
        const hash = createHash('sha256').update(page).digest('hex');
        console.log(`${pageName}: ${(Buffer.byteLength(page) / 1e6).toFixed(1)} MB, sha256 ${hash}`);
      },
    },
  };
}

/** @throws Error if there is none, or more than one */
function only(html: string, address: RegExp): string {
  const found = [...html.matchAll(new RegExp(address, 'g'))].map(([, name]) => name!);
  if (found.length !== 1) throw new Error(`index.html must have one ${String(address)}, and has ${found.length}`);
  return found[0]!;
}
