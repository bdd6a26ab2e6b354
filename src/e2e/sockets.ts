/** Sockets that only listen: what arrives at one has left the browser, whatever the browser says of it. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface Listener {
  /** Of TCP (HTTP, TLS, WebSocket, TURN) and of UDP (STUN, QUIC) alike. */
  readonly port: number;
  /** What arrived, in order: "GET / for localhost:1", "TLS hello for a.example", "connection", "40 bytes by UDP". */
  readonly arrived: readonly string[];
  close(): Promise<void>;
}

/** Never the page's own host name: another origin by host and by port. */
export const listeningHost = '127.0.0.1';

/** Listens on one number for both protocols. */
export async function listen(): Promise<Listener> {
  const arrived: string[] = [];
  for (;;) {
    const tcp = await tcpServer(arrived);
    const { port } = tcp.address() as AddressInfo;
    const udp = await udpSocket(port, arrived).catch(() => undefined);
    if (udp) {
      return {
        port,
        arrived,
        close: async () => {
          udp.close();
          await new Promise((resolve) => tcp.close(resolve));
        },
      };
    }
    tcp.close();
  }
}

function tcpServer(arrived: string[]): Promise<Server> {
  const server = createServer((socket) => answer(socket, arrived));
  server.unref();
  return new Promise((resolve) => server.listen(0, listeningHost, () => resolve(server)));
}

/** A connection without a word (preconnect) counts too. */
function answer(socket: Socket, arrived: string[]) {
  const index = arrived.push('connection') - 1;
  socket.unref();
  socket.on('error', () => undefined);
  socket.once('data', (data) => {
    const text = data.toString('latin1');
    const [line = ''] = text.split('\r\n');
    const host = /^host: (.*)\r/im.exec(text)?.[1] ?? '';
    if (data[0] === 0x16) arrived[index] = `TLS hello for ${serverName(data) ?? 'a number'}`;
    else if (/ HTTP\/1/.test(line)) arrived[index] = `${line.replace(/ HTTP.*/, '').slice(0, 40)} for ${host}`;
    else arrived[index] = `${data.length} bytes by TCP`;
    if (/ HTTP\/1/.test(line)) socket.write(reply(line));
    socket.end();
  });
}

/** In the clear, unless the address is a number (RFC 6066, 3): an extension of type 0 that holds a list that holds a name. */
function serverName(hello: Buffer): string | undefined {
  for (let at = 0; at + 9 < hello.length; at++) {
    const [type, extension, list, length] = [0, 2, 4, 7].map((offset) => hello.readUInt16BE(at + offset));
    const holds = length! > 0 && extension === length! + 5 && list === length! + 3;
    if (type === 0 && hello[at + 6] === 0 && holds) return hello.toString('latin1', at + 9, at + 9 + length!);
  }
  return undefined;
}

/** What the address ends in says what is wanted; anyone may read it. */
function reply(line: string): string {
  const kind = /\.(\w+) HTTP/.exec(line)?.[1] ?? '';
  const body = { js: 'self.got = 1;', html: '<p>arrived</p>', css: 'p{color:red}', svg: '<svg xmlns="http://www.w3.org/2000/svg"/>' }[kind] ?? ''; // prettier-ignore
  const type = { js: 'text/javascript', html: 'text/html', css: 'text/css', svg: 'image/svg+xml', sse: 'text/event-stream' }[kind] ?? 'text/plain'; // prettier-ignore
  return [
    'HTTP/1.1 200 OK',
    `Content-Type: ${type}`,
    `Content-Length: ${body.length}`,
    'Access-Control-Allow-Origin: *',
    'Access-Control-Allow-Headers: *',
    'Cross-Origin-Resource-Policy: cross-origin',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

function udpSocket(port: number, arrived: string[]): Promise<UdpSocket> {
  const socket = createSocket('udp4', (message) => void arrived.push(`${message.length} bytes by UDP`));
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, listeningHost, () => {
      socket.unref();
      resolve(socket);
    });
  });
}
