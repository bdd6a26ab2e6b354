/** All DICOM files that were chosen → scans, and what becomes of those that are no MR images. */
import type { AssetSource } from '../domain/assets';
import type { Checkpoint } from '../domain/network';
import type { NamedFile } from '../domain/scan';
import type { Warning } from '../domain/warnings';
import { type Account, refuse } from './account';
import { distinctInstances } from './dicom/duplicates';
import { type Instance, type NoImage, readInstance } from './dicom/instance';
import { seriesScans } from './dicom/seriesScans';
import { eachBounded } from './eachBounded';
import { folderOf } from './fileKind';
import { groupedBy } from './groupedBy';

/** Files read at a time. */
const width = 8;

/** Files between two calls of the checkpoint. */
const stride = 16;

/** @throws what `checkpoint` throws */
export async function dicomFiles(
  files: readonly NamedFile[],
  account: Account,
  assets: AssetSource,
  checkpoint: Checkpoint,
): Promise<void> {
  const read: (Instance | NoImage | undefined)[] = files.map(() => undefined);
  let done = 0;
  await eachBounded(files, width, async (file, index) => {
    if (done++ % stride === 0) await checkpoint('decode', done, files.length);
    try {
      read[index] = await readInstance(file);
    } catch (thrown) {
      refuse(file.path, thrown, account);
    }
  });
  const noImages = read.filter((one) => one !== undefined && 'found' in one);
  const all = read.filter((one) => one !== undefined && 'frames' in one);
  const isLocalizerOnly = account.scans.length === 0 && all.every(({ isLocalizer }) => isLocalizer);
  const localizers = all.filter(({ isLocalizer }) => isLocalizer);
  const { instances, warnings } = await distinctInstances(
    all.filter(({ isLocalizer }) => !isLocalizer),
    assets,
  );
  const { scans, refused } = seriesScans(instances, [...warnings, ...patientWarnings(instances)]);
  account.refused.push(...refused);
  const hasMr = scans.length > 0;
  const besides = hasMr ? noImages.filter(isBeside) : [];
  account.scans.push(...scans.map((scan) => ({ ...scan, warnings: [...scan.warnings, ...besideWarnings(besides)] })));
  account.ignored.push(...besides.map(({ file }) => file.path));
  settle(
    [...noImages.filter((one) => !besides.includes(one)), ...localizers.map(localizerFile(isLocalizerOnly))],
    account,
  );
}

function patientWarnings(instances: readonly Instance[]): readonly Warning[] {
  const patientCount = new Set(instances.map(({ patient }) => patient)).size;
  return patientCount > 1 ? [{ code: 'several-patients', patientCount }] : [];
}

/** Images of another kind in a folder that was chosen for its MR; by itself such a file was chosen on purpose. */
const isBeside = ({ kind, file }: NoImage) => kind !== 'companion' && folderOf(file.path) !== '';

const besideWarnings = (besides: readonly NoImage[]): readonly Warning[] =>
  ([['other', 'others-ignored'], ['variant', 'variants-ignored']] as const).flatMap(([kind, code]) => {
    const these = besides.filter((one) => one.kind === kind);
    const found = [...new Set(these.map((one) => one.found.replace(/ \(DICOM\)$/, '')))];
    return these.length > 0 ? [{ code, fileCount: these.length, found }] : [];
  }); // prettier-ignore

const localizerFile =
  (isLocalizerOnly: boolean) =>
  ({ file, series }: Instance): NoImage => ({
    file,
    series,
    found: 'a localizer (scout), pictures to plan by',
    kind: isLocalizerOnly ? 'other' : 'companion',
  });

/** Each series is refused once, by its first file; what lies beside images by right is ignored there. */
function settle(noImages: readonly NoImage[], account: Account): void {
  const hasScans = account.scans.length > 0;
  for (const group of groupedBy(noImages, ({ series, found }) => `${series}\n${found}`)) {
    const { file, found, kind } = group[0]!;
    if (kind === 'companion' && hasScans) account.ignored.push(...group.map((one) => one.file.path));
    else {
      const code = kind === 'variant' ? 'unsupported-variant' : 'not-mr';
      account.refused.push({ path: file.path, error: { code, found } });
    }
  }
}
