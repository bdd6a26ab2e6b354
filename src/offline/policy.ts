/**
 * What the browser is told to forbid. The one source: the service worker sends these headers with every response, the
 * build writes them into header files for static hosts and into the page's own <meta>, and the page shows them.
 */

/** Where the one program lies that needs eval; its response allows that, and no connection. */
export const sealedFolder = 'sealed/';

type Directives = Readonly<Record<string, string>>;

/** For the page, and for the workers that it starts from blobs: they inherit it. */
const page: Directives = {
  'default-src': "'none'",
  // blob: is for TensorFlow.js's threads, which start from a blob of their own text; wasm is no eval of JavaScript.
  'script-src': "'self' blob: 'wasm-unsafe-eval'",
  'worker-src': "'self' blob:",
  'connect-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data: blob:",
  'manifest-src': "'self'",
  'form-action': "'none'",
  'base-uri': "'none'",
};

/** OpenCV.js: eval, and nothing else. What it works on comes in by message, and can leave by message only. */
const opencv: Directives = {
  'default-src': "'none'",
  'connect-src': "'none'",
  'script-src': "'self' 'unsafe-eval' 'wasm-unsafe-eval'",
};

const written = (directives: Directives) =>
  Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');

/** As <meta>, for hosts and browsers without a service worker; there `frame-ancestors` does not count (CSP3 §3.3). */
export const metaPolicy = written(page);

export const pagePolicy = written({ ...page, 'frame-ancestors': "'self'" });

export const opencvPolicy = written(opencv);

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
