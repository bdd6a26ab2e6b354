/** From the arguments to what there is to segment, in their order: each argument is accounted for, and each file that is passed over. */
import path from 'node:path';
import type { AssetSource } from '../domain/assets';
import type { PipelineError } from '../domain/errors';
import type { Checkpoint } from '../domain/network';
import type { NamedFile, Scan, Survey } from '../domain/scan';
import { survey } from '../pipeline/open';
import { InputError } from './inputError';
import { type InputFiles, inputFiles } from './inputFiles';
import type { OutputInput } from './outputStems';
import { isOwnOutput } from './ownOutput';

/** One thing to segment, or why there is none. `name`: as the argument names it, and the scan where there are several. */
export type Input = { readonly name: string; readonly output: OutputInput } & (
  | { readonly kind: 'scan'; readonly scan: Scan }
  | { readonly kind: 'failed'; readonly thrown: unknown }
  | { readonly kind: 'refused'; readonly error: PipelineError }
);

export interface FoundInputs {
  readonly inputs: readonly Input[];
  /** Paths of this program's own outputs, which lay among what was given. */
  readonly passedOver: readonly string[];
}

interface Argument {
  readonly argument: string;
  readonly given: InputFiles | { readonly kind: 'failed'; readonly thrown: unknown };
}

/**
 * Files are surveyed together, because the slices of a series, or the two files of a pair, may be given one by one;
 * folders and archives each by itself.
 */
export async function findInputs(
  args: readonly string[],
  assets: AssetSource,
  checkpoint: Checkpoint,
): Promise<FoundInputs> {
  const found: Argument[] = [];
  const passedOver: string[] = [];
  for (const argument of args) {
    const given = await inputFiles(argument).catch((thrown: unknown) => ({ kind: 'failed', thrown }) as const);
    if (given.kind === 'failed') {
      found.push({ argument, given });
      continue;
    }
    const files: NamedFile[] = [];
    for (const file of given.files) {
      if (await isOwnOutput(file)) passedOver.push(file.path);
      else files.push(file);
    }
    // Of a file that is an output itself nothing is left; a folder without any other is said to hold no image.
    if (given.kind === 'folder' || files[0] === given.files[0]) found.push({ argument, given: { ...given, files } });
  }
  const alone = found.filter((one) => !isCollection(one));
  const inputsOf = await filesTogether(alone, assets, checkpoint);
  const inputs: Input[] = [];
  for (const one of found) {
    if (isCollection(one)) inputs.push(...(await collection(one, assets, checkpoint)));
    else inputs.push(...(inputsOf.get(one) ?? []));
  }
  return { inputs, passedOver };
}

const isCollection = ({ given }: Argument) => given.kind === 'folder' || given.kind === 'archive';

async function collection(
  { argument, given }: Argument,
  assets: AssetSource,
  checkpoint: Checkpoint,
): Promise<readonly Input[]> {
  const output = { stem: stemOf(argument), fileName: path.basename(argument), files: filesOf(argument, given) };
  try {
    const files = given.kind === 'failed' ? [] : given.files;
    const { scans, refused } = await survey(files, assets, checkpoint);
    if (scans.length + refused.length === 0) {
      throw new InputError(`there is no image in this ${given.kind}`);
    }
    return [
      ...scans.map((scan): Input => ({
        kind: 'scan',
        name: scans.length === 1 ? argument : `${argument}, ${scan.name}`,
        // Alone in its folder, a series is called after it.
        output: { ...output, stem: scan.kind === 'dicom' && scans.length === 1 ? output.stem : scan.stem },
        scan,
      })),
      ...refused.map((one): Input => ({
        kind: 'refused',
        name:
          one.path === '' || files.some(({ path: only }) => only === one.path)
            ? one.path || argument
            : `${argument}, ${one.path}`,
        output,
        error: one.error,
      })),
    ];
  } catch (thrown) {
    return [{ kind: 'failed', name: argument, output, thrown }];
  }
}

/** Inputs by the argument that is the first of their files. */
async function filesTogether(
  args: readonly Argument[],
  assets: AssetSource,
  checkpoint: Checkpoint,
): Promise<ReadonlyMap<Argument, readonly Input[]>> {
  const inputs = new Map<Argument, Input[]>();
  const put = (argument: Argument, input: Input) => inputs.set(argument, [...(inputs.get(argument) ?? []), input]);
  // The same picture given twice is segmented twice: each round surveys what no earlier one took.
  let left = args;
  while (left.length > 0) {
    const taken = new Map<string, Argument>();
    const files = new Map<string, NamedFile>();
    for (const one of left) {
      if (one.given.kind === 'failed') put(one, failed(one, one.given.thrown));
      else if (!taken.has(one.given.files[0]!.path)) {
        taken.set(one.given.files[0]!.path, one);
        for (const file of one.given.files) files.set(file.path, file);
      }
    }
    const found: Survey = await survey([...files.values()], assets, checkpoint);
    const ownerOf = (paths: readonly string[]) => paths.flatMap((file) => taken.get(file) ?? [])[0];
    for (const scan of found.scans) {
      const owner = ownerOf(scan.files.map((file) => file.path));
      if (owner) put(owner, { kind: 'scan', name: owner.argument, output: outputOf(owner, scan.stem), scan });
    }
    for (const { path: file, error } of found.refused) {
      const owner = ownerOf([file]);
      if (owner) put(owner, { kind: 'refused', name: owner.argument, output: outputOf(owner), error });
    }
    for (const file of found.ignored) {
      const owner = ownerOf([file]);
      if (owner) put(owner, failed(owner, new InputError('this is no image')));
    }
    const given = new Set(taken.values());
    left = left.filter((one) => one.given.kind !== 'failed' && !given.has(one));
  }
  return inputs;
}

const failed = (one: Argument, thrown: unknown): Input => ({
  kind: 'failed',
  name: one.argument,
  output: outputOf(one),
  thrown,
});

const outputOf = ({ argument, given }: Argument, stem = stemOf(argument)): OutputInput => ({
  stem,
  fileName: path.basename(argument),
  files: filesOf(argument, given),
});

const filesOf = (argument: string, given: Argument['given']): readonly string[] =>
  given.kind === 'failed' ? [argument] : given.files.map((file) => file.path);

const stemOf = (argument: string) => path.parse(path.resolve(argument)).name.replace(/\.nii$/i, '');
