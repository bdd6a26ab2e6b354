import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { onePage, type BuiltPage } from './onePage';

const built: BuiltPage = {
  html: `<!doctype html><html><head><meta charset="utf-8" />
<link rel="icon" href="./icon.svg" type="image/svg+xml" /><link rel="manifest" href="./metsight.webmanifest" />
<script type="module" crossorigin src="./assets/index-1.js"></script>
<link rel="stylesheet" crossorigin href="./assets/index-1.css"></head><body><div id="app"></div></body></html>`,
  script: { path: 'assets/index-1.js', text: "const text = '</script><!-- $& -->';" },
  style: { path: 'assets/index-1.css', text: '.a{color:red}' },
  icon: '<svg/>',
  files: new Map([['models/a/weights.bin', Uint8Array.of(0, 1, 2, 255)]]),
};

const textsOf = (page: string, tag: string) =>
  [...page.matchAll(new RegExp(`<${tag}(?: type="module")?>(.*?)</${tag}>`, 'gs'))].map(([, text]) => text!);

test('the policy names the script and the style by their hashes, and allows no connection', () => {
  const page = onePage(built);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)![1]!;
  for (const [tag, directive] of [
    ['script', 'script-src'],
    ['style', 'style-src'],
  ] as const) {
    const [text] = textsOf(page, tag);
    const hash = createHash('sha256').update(text!).digest('base64');
    expect(policy).toMatch(new RegExp(`${directive} 'sha256-${hash.replace(/[+/]/g, '\\$&')}'`));
  }
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain('connect-src blob:;');
  expect(policy).not.toMatch(/'unsafe-eval'|unsafe-inline|'self'|https?:/);
  expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style'));
});

test('a script that holds the end of a script stays one script, and says the same', () => {
  const [script] = textsOf(onePage(built), 'script');
  expect(new Function(`${script}; return text;`)()).toBe('</script><!-- $& -->');
});

test('files lie inside by their paths, and come out as they went in', () => {
  const page = onePage(built);
  const packed = /<script type="application\/gzip\+base64" data-path="models\/a\/weights.bin">([^<]+)</.exec(page)![1]!;
  expect([...gunzipSync(Buffer.from(packed, 'base64'))]).toEqual([0, 1, 2, 255]);
});

test('a page that would load something from beside it is refused', () => {
  const html = built.html.replace('<div id="app">', '<img src="./logo.png" /><div id="app">');
  expect(() => onePage({ ...built, html })).toThrow('must load nothing');
  expect(() => onePage({ ...built, script: { ...built.script, path: 'assets/other.js' } })).toThrow('must hold');
});

test('what HTML would change is refused, since the hash would be of something else', () => {
  expect(() => onePage({ ...built, script: { ...built.script, text: "'\0'" } })).toThrow('NUL');
});
