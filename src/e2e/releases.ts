/** Three releases of the page, and a host that can be caught in the middle of an update. */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { headersFor } from '../offline/policy';
import { contentType } from '../offline/release';
import { filesIn, shellOf, writeRelease } from '../packaging/releasePlugin';

const root = path.resolve(import.meta.dirname, '../..');
const dist = path.join(root, 'dist');

export type Letter = 'A' | 'B' | 'C';
export const letters: readonly Letter[] = ['A', 'B', 'C'];

export type Files = ReadonlyMap<string, Buffer>;

/** A file of the same name in every release, and one that is named after its content: neither is loaded with the page. */
export const sameName = 'models/letter/card.md';
export const lazyName = (letter: Letter) => `assets/lazy-${letter}.js`;

/**
 * The built page with its real service worker, marked with a letter in each of its parts. What it would compute with is
 * left out: a worker that does nothing stands in for the real one, so that a visit costs little.
 */
export async function makeReleases(): Promise<ReadonlyMap<Letter, Files>> {
  const made = new Map<Letter, Files>();
  for (const letter of letters) {
    const folder = mkdtempSync(path.join(tmpdir(), `metsight-release-${letter}-`));
    try {
      copyShell(folder);
      mark(folder, letter);
      await writeRelease(root, folder, `0.0.0-${letter}`);
      made.set(letter, new Map(filesIn(folder).map((name) => [name, readFileSync(path.join(folder, name))])));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return made;
}

function copyShell(folder: string) {
  const workers = filesIn(dist).filter((name) => /^assets\/worker-.*\.js$/.test(name));
  for (const name of [...shellOf(dist), ...workers]) {
    const isWorker = workers.includes(name);
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    if (isWorker) writeFileSync(path.join(folder, name), 'onmessage = () => undefined;');
    else cpSync(path.join(dist, name), path.join(folder, name));
  }
}

function mark(folder: string, letter: Letter) {
  const append = (name: string, text: string) =>
    writeFileSync(path.join(folder, name), readFileSync(path.join(folder, name)) + text);
  let html = readFileSync(path.join(folder, 'index.html'), 'utf8').replace('<html ', `<html data-page="${letter}" `);
  for (const name of filesIn(folder).filter((one) => /^assets\/index-/.test(one))) {
    const isScript = name.endsWith('.js');
    append(
      name,
      isScript ? `\ndocument.documentElement.dataset.script = '${letter}';` : `\n:root { --release: ${letter}; }`,
    );
    const hash = createHash('sha256')
      .update(readFileSync(path.join(folder, name)))
      .digest('hex')
      .slice(0, 8);
    const renamed = `assets/index-${hash}.${isScript ? 'js' : 'css'}`;
    renameSync(path.join(folder, name), path.join(folder, renamed));
    html = html.replaceAll(name, renamed);
  }
  writeFileSync(path.join(folder, 'index.html'), html);
  mkdirSync(path.dirname(path.join(folder, sameName)), { recursive: true });
  writeFileSync(path.join(folder, sameName), letter);
  writeFileSync(path.join(folder, lazyName(letter)), letter);
}

/** Serves what it is given at the moment; on an unreachable host connections break off. */
export class ChangingHost {
  files: Files = new Map();
  isReachable = true;
  readonly #server: Server;

  /** @param sendsHeaders  as a host that uses the header files */
  constructor(sendsHeaders: boolean) {
    this.#server = createServer((request, response) => {
      const name = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1) || 'index.html';
      const file = this.files.get(name);
      if (!this.isReachable) request.socket.destroy();
      else if (!file) response.writeHead(404).end();
      else {
        const headers = sendsHeaders ? headersFor(name) : {};
        response.writeHead(200, { ...headers, 'Content-Type': contentType(name), 'Cache-Control': 'max-age=60' });
        response.end(request.method === 'HEAD' ? undefined : file);
      }
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, resolve));
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/`;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
