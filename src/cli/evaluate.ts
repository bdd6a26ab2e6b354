/** `metsight evaluate`: the pipeline's masks against a data set's, by the figures that training reports. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AssetSource } from '../domain/assets';
import { PipelineFailure } from '../domain/errors';
import type { Grid } from '../domain/grid';
import type { Checkpoint } from '../domain/network';
import type { DelineationRule, ProbabilityMap } from '../domain/volume';
import { weightsSha256 } from '../models/weightsSha256';
import { openPicture } from '../pipeline/open';
import { outline } from '../pipeline/outline';
import { segment } from '../pipeline/segment';
import { Workbench } from '../pipeline/workbench';
import { delineationRule } from './askedRule';
import type { AskedRule, EvaluateCommand } from './commandLine';
import { type DataSlice, readDataSet } from './dataSet';
import { explain } from './explain';
import { InputError } from './inputError';
import { makeFolder } from './makeFolder';
import { nodeHost, shippedModelsFolder } from './nodeHost';
import { namedFile } from './inputFiles';
import { scoresTable, scoreSlice, scoreSplit, type SliceScore, type SplitScores } from './scores';
import { endProgress, progressLine, say } from './terminal';

interface Evaluation {
  readonly model: { readonly id: string; readonly sha256: string };
  readonly threshold: number;
  /** Pixels of the pictures; null where they differ in size and the model's own was used. */
  readonly minSize: { readonly value: number | null; readonly unit: 'px' };
  readonly splits: readonly SplitScores[];
}

/** @throws InputError for the first slice that cannot be read or segmented: figures without it would be of another set */
export async function evaluateModels(command: EvaluateCommand): Promise<void> {
  const host = nodeHost(command.modelsFolder ?? shippedModelsFolder);
  const workbench = new Workbench(host);
  workbench.choose('wasm');
  const slices = slicesOf(command);
  await makeFolder(path.dirname(command.json));
  const evaluations: Evaluation[] = [];
  for (const id of command.models) {
    const { manifest } = await workbench.network(id, progressLine(id));
    const splits = new Map<string, SliceScore[]>();
    const smallest = new Set<number>();
    for (const [n, slice] of slices.entries()) {
      const checkpoint = progressLine(`${id} ${n + 1}/${slices.length} ${slice.id}`);
      const { score, rule } = await scoreOf(slice, id, command.rule, workbench, host.assets, checkpoint).catch(
        (thrown: unknown) => {
          throw new InputError(`${slice.imagePath}: ${explain(thrown, 'infer')}`);
        },
      );
      smallest.add(rule.minVoxelCount);
      splits.set(slice.split, [...(splits.get(slice.split) ?? []), score]);
    }
    endProgress();
    const set = path.basename(path.resolve(command.dataFolder));
    const [value = null, ...others] = smallest;
    const evaluation: Evaluation = {
      model: { id, sha256: weightsSha256(manifest) },
      threshold: command.rule.threshold ?? manifest.threshold.value,
      minSize: { value: others.length === 0 ? value : null, unit: 'px' },
      splits: [...splits].map(([split, scores]) => scoreSplit(set, split, scores)),
    };
    evaluations.push(evaluation);
    const { model, threshold } = evaluation;
    say(`${id} ${model.sha256.slice(0, 12)}, threshold ${threshold}`, ...scoresTable(evaluation.splits));
  }
  const written = evaluations.length === 1 ? evaluations[0] : { models: evaluations };
  await writeFile(command.json, `${JSON.stringify(written, undefined, 2)}\n`);
}

function slicesOf({ dataFolder, split }: EvaluateCommand): DataSlice[] {
  const all = readDataSet(dataFolder);
  const slices = all.filter((slice) => split === undefined || slice.split === split);
  if (slices.length > 0) return slices;
  const splits = [...new Set(all.map((slice) => slice.split))].join(', ');
  throw new InputError(
    split === undefined
      ? `${dataFolder}: its index has no slices`
      : `${dataFolder}: its index has no split ${split}, only: ${splits}`,
  );
}

async function scoreOf(
  slice: DataSlice,
  modelId: string,
  asked: AskedRule,
  workbench: Workbench,
  assets: AssetSource,
  checkpoint: Checkpoint,
): Promise<{ score: SliceScore; rule: DelineationRule }> {
  const volume = await openPicture(await namedFile(slice.imagePath), assets, checkpoint);
  const network = await workbench.network(modelId, checkpoint);
  const map = await segment(volume, network, await workbench.clahe(), checkpoint);
  const rule = delineationRule(asked, network.manifest, volume.grid);
  const predicted = outline(map, rule).mask.labels;
  const truth = await trueLabels(slice, volume.grid, assets, checkpoint);
  return { score: scoreSlice(slice.patient, predicted, truth), rule };
}

/** Component labels of the slice's mask; all 0 where it has none. @throws PipelineFailure where it is of another size */
async function trueLabels(
  { maskPath }: DataSlice,
  grid: Grid,
  assets: AssetSource,
  checkpoint: Checkpoint,
): Promise<Uint16Array> {
  if (maskPath === undefined) return new Uint16Array(grid.dims[0] * grid.dims[1] * grid.dims[2]);
  const mask = await openPicture(await namedFile(maskPath), assets, checkpoint);
  if (mask.grid.dims.join() !== grid.dims.join()) {
    const problem = `it has ${mask.grid.dims.join('×')} pixels, its picture ${grid.dims.join('×')}`;
    throw new PipelineFailure({ code: 'corrupt-file', format: 'mask', problem });
  }
  const certain: ProbabilityMap = { grid, probabilities: mask.intensities.map((value) => (value > 0 ? 1 : 0)) };
  return outline(certain, { threshold: 0.5, minVoxelCount: 1 }).mask.labels;
}
