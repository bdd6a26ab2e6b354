/** What this program has written is no input of it, and a new run may replace it. */
import { constants, gunzipSync } from 'node:zlib';
import { exportEnding, reportEnding } from '../domain/exportFormat';
import type { NamedFile } from '../domain/scan';
import { isOutputName } from './outputStems';

/** At the start or, in a PNG, the end of a file. */
const lookedAtBytes = 2 ** 16;

/** Of what is compressed: it names the program in its first 348 bytes, and this much inflates to 4 MiB at most. */
const inflatedFromBytes = 2 ** 12;

/** What an output says of who made it, by its ending; a table says it by its columns. */
const marks: readonly (readonly [ending: string, mark: string])[] = [
  [exportEnding.csv, ',weights_sha256,'],
  [reportEnding, '"program": "metsight"'],
  ['', 'metsight'],
];

/** Called like an output, and made by this program as it says itself: another program's mask is not meant. */
export async function isOwnOutput({ path, blob }: NamedFile): Promise<boolean> {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (!isOutputName(name)) return false;
  const [, mark] = marks.find(([ending]) => name.endsWith(ending))!;
  const read = async (start: number, end: number) => Buffer.from(await blob.slice(start, end).arrayBuffer());
  try {
    if (name.endsWith('.gz')) return inflated(await read(0, inflatedFromBytes)).includes(mark);
    return (
      (await read(0, lookedAtBytes)).includes(mark) ||
      (await read(Math.max(0, blob.size - lookedAtBytes), blob.size)).includes(mark)
    );
  } catch {
    // Not readable, or no gzip: the survey says what is wrong with it.
    return false;
  }
}

/** As much as there is of a stream that may be cut. */
const inflated = (bytes: Buffer) => gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
