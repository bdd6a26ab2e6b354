/** The portable page: a build's files put into its one HTML file, which then runs from `file:` without any host. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { packedType } from '../offline/insideFiles';
import { oneFilePolicy } from '../offline/policy';

export interface BuiltPage {
  readonly html: string;
  /** Of the page's only script, a module without imports, and its only style sheet: by the addresses in `html`. */
  readonly script: { readonly path: string; readonly text: string };
  readonly style: { readonly path: string; readonly text: string };
  /** SVG. */
  readonly icon: string;
  /** Everything that the program reads while it runs, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** @throws Error if the page holds something that would be loaded from beside it */
export function onePage({ html, script, style, icon, files }: BuiltPage): string {
  const scriptText = safeInHtml(script.text, /<(?=\/script|!--)/gi, '\\x3C');
  const styleText = safeInHtml(style.text, /<(?=\/style)/gi, '\\3C ');
  const policy = oneFilePolicy([hashSource(scriptText)], [hashSource(styleText)]);
  const packed = [...files].map(([path, bytes]) => {
    const base64 = gzipSync(bytes, { level: 9 }).toString('base64');
    return `<script type="${packedType}" data-path="${path}">${base64}</script>\n`;
  });
  let page = html;
  // Functions, because a replacement's text may hold `$&`.
  const put = (place: RegExp, instead: string) => {
    if (!place.test(page)) throw new Error(`index.html must hold ${String(place)}`);
    page = page.replace(place, () => instead);
  };
  put(/<link rel="manifest"[^>]*>\s*/, '');
  put(/<link rel="icon"[^>]*>/, `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">`);
  put(linkTo(style.path), `<style>${styleText}</style>`);
  put(scriptFrom(script.path), '');
  put(
    /<meta charset="utf-8" \/>/,
    `<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="${policy}">`,
  );
  // Last: a module script runs once the page is parsed, and so once every packed file is there.
  put(/<\/body>/, `${packed.join('')}<script type="module">${scriptText}</script>\n</body>`);
  const loaded = /<(?:script|link|img)[^>]*(?:src|href)="(?!data:)[^"]*"/.exec(
    page.slice(0, page.indexOf('<script type="application')),
  );
  if (loaded) throw new Error(`the page must load nothing: ${loaded[0]}`);
  return page;
}

const escaped = (path: string) => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const linkTo = (path: string) => new RegExp(`<link rel="stylesheet"[^>]*href="(?:\\./)?${escaped(path)}"[^>]*>`);
const scriptFrom = (path: string) =>
  new RegExp(`<script type="module"[^>]*src="(?:\\./)?${escaped(path)}"[^>]*></script>`);

/** CSP3 §2.3.1. */
const hashSource = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** @throws Error for what an HTML parser would change, since the hash in the policy is of what the parser makes of it */
function safeInHtml(text: string, ends: RegExp, instead: string): string {
  // HTML replaces NUL, and turns CR into LF (13.2.3.5, 13.2.5.4).
  if (/[\0\r]/.test(text)) throw new Error('a script or style holds NUL or CR, which HTML cannot');
  return text.replace(ends, instead);
}
