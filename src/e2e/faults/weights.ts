/** What breaks in the weights, on the way to the page and in its storage. */
import { ever, flipped, flippedThreshold, host, json, octets, worker, type Fault, type Models } from './fault';
import { changedWeights, published, type ServedModel } from './smallModel';

const weights = /models\/.*weights\.bin$/;
const graph = /models\/.*model\.json$/;
const manifest = /models\/.*manifest\.json$/;

/** All weights are this one, published with sizes and hashes that fit. */
const allWeights = ({ own }: Models, halfFloat: number): ServedModel =>
  published(own, { weights: changedWeights(own, (view, at) => view.setUint16(at, halfFloat, true), 'float16') });

/** An older version whose masks are larger: its last bias is higher. 0x4200 is 3 as float16. */
const older = ({ own }: Models): ServedModel => {
  const isLast = (name: string) => name.endsWith('logits/bias');
  const raise = (view: DataView, at: number, name: string) => isLast(name) && view.setUint16(at, 0x4200, true);
  return published(own, { weights: changedWeights(own, raise, 'float16') }, (its) => {
    delete its.check;
  });
};

/** The whole model is another one, consistent in itself. */
const replaced = (id: string, what: string, make: (models: Models) => ServedModel): Fault => ({
  id,
  what,
  host: {
    path: /models\/.*\.(bin|json)$/,
    answer: (body, models) => {
      const found = [...models.own].find(([, bytes]) => bytes.equals(body))?.[0];
      return found === undefined ? undefined : octets(make(models).get(found)!);
    },
  },
  listed: make,
  // The program goes on listing it.
  isLasting: true,
  isBare: true,
});

export const onWeights: readonly Fault[] = [
  host(
    'weights-flipped-once',
    'a bit of the weights flips on the way',
    weights,
    (body) => octets(flipped(body)),
    { isShort: true },
    1,
  ),
  host('weights-flipped-ever', 'a bit of the weights is flipped on the host', weights, (body) => octets(flipped(body))),
  host('weights-sign-flipped', 'the sign of one weight is flipped on the host', weights, (body) =>
    octets(flipped(body, 1)),
  ),
  host('weights-cut', 'the weights end too early', weights, (body) => octets(body.subarray(0, -1000))),
  host('weights-empty', 'the weights are empty', weights, () => octets(Buffer.alloc(0))),
  host('weights-swapped', 'the weights are another network’s', weights, (_, { other }) =>
    octets(other.get('weights.bin')!),
  ),
  host('weights-404', 'the weights are not there', weights, () => ({ status: 404, body: Buffer.alloc(0) })),
  host('weights-unreachable-once', 'the connection breaks once', weights, () => null, {}, 1),
  host('weights-html', 'the host answers with a page', weights, () => ({
    type: 'text/html',
    body: Buffer.from('<!doctype html>'),
  })),
  host('graph-swapped', 'the graph is another network’s', graph, (_, { other }) => json(other.get('model.json')!)),
  host('graph-cut', 'the graph ends too early', graph, (body) => json(body.subarray(0, 20_000))),
  host('graph-flipped', 'a letter of the graph is another', graph, (body) => json(flipped(body, 9_000))),
  host(
    'manifest-html',
    'a captive portal answers for the manifest',
    manifest,
    () => ({ type: 'text/html', body: Buffer.from('<!doctype html>') }),
    { isBare: false },
  ),
  host('manifest-cut', 'the manifest ends too early', manifest, (body) => json(body.subarray(0, 300)), {
    isBare: false,
  }),
  host(
    'manifest-old',
    'the manifest is of an older version than the files',
    manifest,
    (_, models) => json(older(models).get('manifest.json')!),
    { isBare: false },
  ),
  host(
    'manifest-flipped-once',
    'a bit of the manifest flips on the way: another threshold',
    manifest,
    (body) => json(flippedThreshold(body)),
    { isBare: false },
    1,
  ),
  host(
    'manifest-flipped-ever',
    'a bit of the manifest is flipped on the host: another threshold',
    manifest,
    (body) => json(flippedThreshold(body)),
    { isBare: false, isShort: true },
  ),
  replaced('published-nan', 'published weights that are all NaN', (models) => allWeights(models, 0x7e00)),
  replaced('published-infinite', 'published weights that are infinite', (models) => allWeights(models, 0x7c00)),
];

const kept = (id: string, what: string, rest: Partial<Fault>): Fault => ({
  id,
  what,
  stored: ({ own }) => own,
  isBare: false,
  ...rest,
});

export const onStorage: readonly Fault[] = [
  kept('stored-flipped', 'a bit of the stored weights is flipped', { damage: 'flipped', isShort: true }),
  kept('stored-cut', 'the stored weights end too early', { damage: 'cut' }),
  kept('stored-swapped', 'stored files lie under each other’s keys', { damage: 'swapped' }),
  kept('stored-texts', 'stored files are texts', { damage: 'texts' }),
  kept('stored-stale', 'what is stored is of an older version', { stored: older }),
  kept('stored-rots', 'the disk gives other bytes than were written', {
    injection: { into: 'worker', name: 'idb-flipped' },
  }),
  kept('stored-offline', 'the host is gone, the network is stored', { host: { path: /models\//, answer: () => null } }),
  kept('stored-offline-flipped', 'the host is gone, the stored weights are damaged', {
    damage: 'flipped',
    host: { path: /models\//, answer: () => null },
  }),
  kept('stored-manifest-flipped', 'a bit of the stored manifest is flipped: another threshold', { damage: 'manifest' }),
  kept('stored-offline-manifest-flipped', 'the host is gone, the stored manifest is damaged', {
    damage: 'manifest',
    host: { path: /models\//, answer: () => null },
  }),
  kept('stored-offline-older', 'the host is gone, what is stored is of an older version', {
    stored: older,
    host: { path: /models\//, answer: () => null },
  }),
  worker('idb-none', 'there is no IndexedDB', ever),
  worker('idb-denied', 'IndexedDB is denied (private window)', ever, { isShort: true }),
  worker('idb-hangs', 'IndexedDB never answers', ever),
  worker('idb-quota', 'the disk is full', ever),
  worker('idb-connection-lost-once', 'the connection to IndexedDB is lost'),
  worker('idb-connection-lost-ever', 'the connection to IndexedDB is lost each time', ever),
  worker('idb-aborts', 'every transaction is aborted', ever),
];
