/** `metsight evaluate`: the pipeline's masks against data sets', by the figures that training reports. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AssetSource } from '../domain/assets';
import { PipelineFailure } from '../domain/errors';
import type { Grid } from '../domain/grid';
import type { Checkpoint } from '../domain/network';
import type { ProbabilityMap } from '../domain/volume';
import { openPicture } from '../pipeline/open';
import { outline } from '../pipeline/outline';
import { segment } from '../pipeline/segment';
import { Workbench } from '../pipeline/workbench';
import type { EvaluateCommand } from './commandLine';
import { dataSetFolders, pixelMm, readDataSet, unsplit, type DataSlice } from './dataSet';
import { AgreementTally, type Agreement } from './evaluation/agreement';
import { ensembleOf, meanOf, Report, type ReportedEvaluation } from './evaluation/report';
import { evaluationLines } from './evaluation/table';
import { explain } from './explain';
import { InputError } from './inputError';
import { namedFile } from './inputFiles';
import { makeFolder } from './makeFolder';
import { nodeHost, shippedModelsFolder } from './nodeHost';
import { endProgress, progressLine, say } from './terminal';

/** What is written of one model is its evaluation alone. */
type Written =
  | ReportedEvaluation
  | {
      readonly models: readonly ReportedEvaluation[];
      /** Of two models. */
      readonly agreement?: readonly Agreement[];
      readonly ensemble?: ReportedEvaluation;
    };

/** @throws InputError for the first slice that cannot be read or segmented: figures without it would be of another set */
export async function evaluateModels(command: EvaluateCommand): Promise<void> {
  const host = nodeHost(command.modelsFolder ?? shippedModelsFolder);
  const workbench = new Workbench(host);
  workbench.choose('wasm');
  const networks = [];
  for (const id of command.models) networks.push(await workbench.network(id, progressLine(id)));
  const manifests = networks.map(({ manifest }) => manifest);
  const trainedOn = manifests.flatMap(({ provenance }) => provenance.dataSets.map(({ name }) => name));
  const slices = slicesOf(command, trainedOn);
  await makeFolder(path.dirname(command.json));

  const reports = manifests.map((manifest) => new Report(manifest, command.rule));
  const mean = command.isEnsemble ? new Report(ensembleOf(manifests), command.rule) : undefined;
  const agreements: Agreement[] = [];
  for (const own of bySplit(slices)) {
    const { set, split } = own[0]!;
    const agreement = new AgreementTally();
    for (const report of [...reports, ...(mean ? [mean] : [])]) report.begin(set, split);
    for (const [n, slice] of own.entries()) {
      const checkpoint = progressLine(`${set} ${split} ${n + 1}/${own.length} ${slice.id}`);
      try {
        const { maps, truth } = await see(slice, command.models, workbench, host.assets, checkpoint);
        const labels = maps.map((map, at) => reports[at]!.add(slice, map, truth));
        mean?.add(slice, meanOf(maps), truth);
        const [cols, rows] = maps[0]!.grid.dims;
        if (labels.length === 2) agreement.add(labels[0]!, labels[1]!, truth, pixelMm(slice, { cols, rows }));
      } catch (thrown) {
        throw new InputError(`${slice.imagePath}: ${explain(thrown, 'infer')}`);
      }
    }
    if (reports.length === 2) agreements.push(agreement.figures(set, split));
  }
  endProgress();

  const evaluations = reports.map((report) => report.evaluation());
  const ensemble = mean?.evaluation();
  for (const one of [...evaluations, ...(ensemble ? [ensemble] : [])]) say(...evaluationLines(one));
  const written: Written =
    evaluations.length === 1
      ? evaluations[0]!
      : {
          models: evaluations,
          ...(evaluations.length === 2 ? { agreement: agreements } : {}),
          ...(ensemble ? { ensemble } : {}),
        };
  await writeFile(command.json, `${JSON.stringify(written, undefined, 2)}\n`);
}

/** @param trainedOn  which sets of a folder of several are taken where none is named */
function slicesOf({ dataFolder, splits, sets }: EvaluateCommand, trainedOn: readonly string[]): DataSlice[] {
  const all = dataSetFolders(dataFolder, sets, trainedOn).flatMap(readDataSet);
  if (all.length === 0) throw new InputError(`${dataFolder}: its index has no slices`);
  // The test split is opened where it is named, never by default.
  const slices = all.filter(({ split }) => (splits.length === 0 ? ['val', unsplit] : splits).includes(split));
  if (slices.length > 0) return slices;
  const known = [...new Set(all.map(({ split }) => split))].join(', ');
  const wanted = splits.length === 0 ? 'val' : splits.join(' or ');
  throw new InputError(`${dataFolder}: its index has no split ${wanted}, only: ${known} (choose with --split)`);
}

/** Slices of one split of one set together, in the order in which they are first met. */
function bySplit(slices: readonly DataSlice[]): DataSlice[][] {
  const parts = new Map<string, DataSlice[]>();
  for (const slice of slices) {
    const key = JSON.stringify([slice.set, slice.split]);
    const part = parts.get(key);
    if (part) part.push(slice);
    else parts.set(key, [slice]);
  }
  return [...parts.values()];
}

/** What each model says of a slice, and its true lesions as component labels. */
async function see(
  slice: DataSlice,
  modelIds: readonly string[],
  workbench: Workbench,
  assets: AssetSource,
  checkpoint: Checkpoint,
): Promise<{ maps: readonly ProbabilityMap[]; truth: Uint16Array }> {
  const volume = await openPicture(await namedFile(slice.imagePath), assets, checkpoint);
  if (volume.grid.dims[2] !== 1) {
    const problem = `it has ${volume.grid.dims[2]} pages, a slice of a data set has one`;
    throw new PipelineFailure({ code: 'corrupt-file', format: 'image', problem });
  }
  const maps: ProbabilityMap[] = [];
  for (const id of modelIds) {
    const network = await workbench.network(id, checkpoint);
    maps.push(await segment(volume, network, await workbench.clahe(), checkpoint));
  }
  return { maps, truth: await trueLabels(slice, volume.grid, assets, checkpoint) };
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
