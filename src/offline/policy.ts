/**
 * What the browser is told to forbid. The one source: the service worker sends these headers with every response, the
 * build writes them into header files for static hosts and into the page's own <meta>, and the page shows them.
 */

/** Where the worker of OpenCV.js lies; its response allows no connection at all. */
export const sealedFolder = 'sealed/';

type Directives = Readonly<Record<string, string>>;

/** For the page, and for the workers that it starts from blobs: they inherit it. */
const page: Directives = {
  'default-src': "'none'",
  // blob: is for OpenCV.js and TensorFlow.js's threads, which start from blobs; wasm is no eval of JavaScript.
  'script-src': "'self' blob: 'wasm-unsafe-eval'",
  'worker-src': "'self' blob:",
  'connect-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data: blob:",
  'manifest-src': "'self'",
  'form-action': "'none'",
  'base-uri': "'none'",
};

/** OpenCV.js: what it works on comes in by message, and can leave by message only. So does the program itself. */
const opencv: Directives = {
  'default-src': "'none'",
  'connect-src': "'none'",
  'script-src': "blob: 'wasm-unsafe-eval'",
};

const written = (directives: Directives) =>
  Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');

/** As <meta>, for hosts and browsers without a service worker; there `frame-ancestors` does not count (CSP3 §3.3). */
export const metaPolicy = written(page);

export const pagePolicy = written({ ...page, 'frame-ancestors': "'self'" });

export const opencvPolicy = written(opencv);

/**
 * As <meta> of the page that is one file, which has no host to load anything from: its scripts and styles are those of
 * these hashes, and blob: (memory of the page itself) is all that it may read. Its workers start from blobs, and inherit it.
 */
export const oneFilePolicy = (scripts: readonly string[], styles: readonly string[]) =>
  written({
    'default-src': "'none'",
    'script-src': [...scripts, 'blob:', "'wasm-unsafe-eval'"].join(' '),
    'worker-src': 'blob:',
    'connect-src': 'blob:',
    'style-src': styles.join(' '),
    'img-src': 'data: blob:',
    'form-action': "'none'",
    'base-uri': "'none'",
  });

/** Powerful things that this program never asks for. Pasting a picture needs the clipboard, so that is not among them. */
const refused = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
];

const everywhere: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // Closes what a content policy leaves open: WebRTC, navigation, speculative connections (WICG connection-allowlists).
  'Connection-Allowlist': '(response-origin)',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': refused.map((feature) => `${feature}=()`).join(', '),
  'X-Content-Type-Options': 'nosniff',
};

/** @param path  relative to the page's folder */
export function headersFor(path: string): Readonly<Record<string, string>> {
  const policy = path.startsWith(sealedFolder) ? opencvPolicy : pagePolicy;
  return { 'Content-Security-Policy': policy, ...everywhere };
}
