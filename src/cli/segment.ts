/** `metsight segment`: each picture through the pipeline, its outputs into a folder. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AssetSource } from '../domain/assets';
import type { Stage } from '../domain/errors';
import type { Checkpoint } from '../domain/network';
import { warningText } from '../domain/warnings';
import { encodeMaskPng, encodeProbabilityPng } from '../pipeline/encode';
import { open } from '../pipeline/open';
import { outline } from '../pipeline/outline';
import { segment } from '../pipeline/segment';
import { segmentationReport } from '../models/segmentationReport';
import { Workbench } from '../pipeline/workbench';
import { delineationRule } from './askedRule';
import type { SegmentCommand } from './commandLine';
import { explain } from './explain';
import { makeFolder } from './makeFolder';
import { nodeHost, programVersion, shippedModelsFolder } from './nodeHost';
import { type OutputStem, outputStems } from './outputStems';
import { readInput } from './readInput';
import { complain, endProgress, progressLine, say } from './terminal';

/** @returns whether every input was segmented */
export async function segmentFiles(command: SegmentCommand): Promise<boolean> {
  const host = nodeHost(command.modelsFolder ?? shippedModelsFolder);
  const workbench = new Workbench(host);
  workbench.choose('wasm');
  for (const id of command.models) await workbench.network(id, progressLine(id));
  await makeFolder(command.out);

  const stems = outputStems(command.files, command.out);
  let isComplete = true;
  for (const [n, file] of command.files.entries()) {
    let stage: Stage = 'decode';
    const tell = progressLine(`${n + 1}/${command.files.length} ${path.basename(file)}`);
    const checkpoint: Checkpoint = (...[now, done, total]) => {
      stage = now;
      return tell(now, done, total);
    };
    try {
      await segmentFile(file, stems[n]!, command, workbench, host.assets, checkpoint);
    } catch (thrown) {
      complain(`${file}: ${explain(thrown, stage)}`);
      isComplete = false;
    }
  }
  endProgress();
  return isComplete;
}

async function segmentFile(
  file: string,
  { stem, wanted }: OutputStem,
  command: SegmentCommand,
  workbench: Workbench,
  assets: AssetSource,
  checkpoint: Checkpoint,
): Promise<void> {
  const volume = await open(await readInput(file), assets, checkpoint);
  const renamed =
    stem === wanted
      ? []
      : [`The names ${wanted}.* belong to another input: the outputs of this one are called ${stem}.*`];
  const warnings = [...volume.warnings.map(warningText), ...renamed];

  for (const id of command.models) {
    const network = await workbench.network(id, checkpoint);
    const map = await segment(volume, network, await workbench.clahe(), checkpoint);
    const rule = delineationRule(command.rule, network.manifest, volume.grid);
    const { mask, lesions } = outline(map, rule);

    const name = command.models.length === 1 ? stem : `${stem}.${id}`;
    const write = (ending: string, bytes: Uint8Array | string) =>
      writeFile(path.join(command.out, `${name}${ending}`), bytes);
    const slices = volume.grid.dims[2];
    const pages = Array.from({ length: slices }, (_, slice) => ({ slice, page: pageSuffix(slice, slices) }));
    for (const { slice, page } of pages) {
      await checkpoint('encode', slice, slices);
      await write(`${page}.mask.png`, encodeMaskPng(mask, slice));
      if (command.hasProbability) await write(`${page}.probability.png`, encodeProbabilityPng(map, slice));
    }
    const report = segmentationReport({
      file,
      manifest: network.manifest,
      rule,
      backend: (await workbench.engine()).report,
      version: await programVersion(),
      grid: map.grid,
      lesions,
      warnings: volume.warnings,
      highestProbability: map.probabilities.reduce((highest, probability) => Math.max(highest, probability), 0),
    });
    const masks = pages.map(({ page }) => `${name}${page}.mask.png`);
    await write('.json', `${JSON.stringify({ ...report, warnings, masks }, undefined, 2)}\n`);
    say(`${file}: ${foundText(lesions.length, rule.threshold, report.highestProbability)} (${id}) → ${name}.json`);
  }
  for (const warning of warnings) say(`  warning: ${warning}`);
}

/** Nothing for a single picture; `.p001` … for the pages of one file, wide enough to sort by name. */
function pageSuffix(slice: number, slices: number): string {
  if (slices === 1) return '';
  return `.p${String(slice + 1).padStart(Math.max(3, String(slices).length), '0')}`;
}

function foundText(lesions: number, threshold: number, highest: number): string {
  if (lesions === 0) return `no lesion at or above ${threshold}, highest probability ${highest.toFixed(2)}`;
  return lesions === 1 ? '1 lesion' : `${lesions} lesions`;
}
