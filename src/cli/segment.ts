/** `metsight segment`: each picture and volume through the pipeline, its outputs into a folder. */
import { agreementOf, placesOf } from '../domain/agreement';
import type { AssetSource } from '../domain/assets';
import type { BackendReport } from '../domain/backend';
import { PipelineFailure, type Stage } from '../domain/errors';
import type { Checkpoint } from '../domain/network';
import { noLesionText } from '../domain/noLesionText';
import { type MaskProvenance, minSizeText } from '../domain/provenance';
import { isNearIsotropic } from '../domain/sliceFrame';
import type { DelineationRule, Lesion, Mask, ProbabilityMap } from '../domain/volume';
import { warningText } from '../domain/warnings';
import type { ModelManifest } from '../models/manifest';
import { maskProvenance } from '../models/maskProvenance';
import { sequenceWarnings } from '../models/sequenceWarnings';
import { segmentationReport } from '../models/segmentationReport';
import { openScan } from '../pipeline/open';
import { outline } from '../pipeline/outline';
import { segment } from '../pipeline/segment';
import { segmentTriPlanar } from '../pipeline/segmentTriPlanar';
import { Workbench } from '../pipeline/workbench';
import { delineationRule } from './askedRule';
import type { SegmentCommand } from './commandLine';
import { explain } from './explain';
import { InputError } from './inputError';
import { type InputGuard, inputGuard } from './inputGuard';
import { findInputs, type Input } from './inputs';
import { makeFolder } from './makeFolder';
import { nodeHost, programVersion, shippedModelsFolder } from './nodeHost';
import { inputPaths, type OutputStem, outputStems } from './outputStems';
import { complain, endProgress, progressLine, say } from './terminal';
import { omittedText, repeatedText, writeOutputs } from './writeOutputs';

/** @returns whether every input was segmented */
export async function segmentFiles(command: SegmentCommand): Promise<boolean> {
  const host = nodeHost(command.modelsFolder ?? shippedModelsFolder);
  const workbench = new Workbench(host);
  workbench.choose('wasm');
  for (const id of command.models) await workbench.network(id, progressLine(id));
  await makeFolder(command.out);

  const { inputs, passedOver } = await findInputs(command.files, host.assets, progressLine('looking'));
  if (passedOver.length > 0) say(passedOverText(passedOver));
  if (inputs.length === 0) complain('nothing is left to segment');
  const named = inputs.map(({ output }) => output);
  const stems = outputStems(named, command.out);
  const isInput = await inputGuard(inputPaths(named));
  let isComplete = inputs.length > 0;
  for (const [n, input] of inputs.entries()) {
    let stage: Stage = 'decode';
    const tell = progressLine(`${n + 1}/${inputs.length} ${input.output.fileName}`);
    const checkpoint: Checkpoint = (...[now, done, total]) => {
      stage = now;
      return tell(now, done, total);
    };
    try {
      await segmentInput(input, stems[n]!, { ...command, isInput }, workbench, host.assets, checkpoint);
    } catch (thrown) {
      complain(`${input.name}: ${explain(thrown, stage)}`);
      isComplete = false;
    }
  }
  endProgress();
  return isComplete;
}

function passedOverText(files: readonly string[]): string {
  const named = files.slice(0, 3).join(', ') + (files.length > 3 ? ', …' : '');
  return `passed over, because this program wrote ${files.length === 1 ? 'it' : `them (${files.length} files)`}: ${named}`;
}

/** What one network says of an input; all are at hand before any is written, so that each can say what the others found. */
interface Answered {
  readonly manifest: ModelManifest;
  readonly map: ProbabilityMap;
  readonly rule: DelineationRule;
  readonly backend: BackendReport;
  readonly mask: Mask;
  readonly lesions: readonly Lesion[];
}

async function segmentInput(
  input: Input,
  { stem, wanted }: OutputStem,
  command: SegmentCommand & { readonly isInput: InputGuard },
  workbench: Workbench,
  assets: AssetSource,
  checkpoint: Checkpoint,
): Promise<void> {
  if (input.kind === 'failed') throw input.thrown;
  if (input.kind === 'refused') throw new PipelineFailure(input.error);
  const volume = await openScan(input.scan, assets, checkpoint);
  const renamed =
    stem === wanted
      ? []
      : [`The names ${wanted}.* belong to another input: the outputs of this one are called ${stem}.*`];
  const said = new Set<string>();
  const isTriPlanar = command.isTriPlanar && volume.origin.kind !== 'picture';
  if (isTriPlanar && !isNearIsotropic(volume.grid)) throw new InputError(notNearIsotropic);

  const answers: Answered[] = [];
  for (const id of command.models) {
    const network = await workbench.network(id, checkpoint);
    const { manifest } = network;
    const clahe = await workbench.clahe();
    const map = await (isTriPlanar ? segmentTriPlanar : segment)(volume, network, clahe, checkpoint);
    const rule = delineationRule(command.rule, manifest, volume.grid);
    answers.push({ manifest, map, rule, backend: (await workbench.engine()).report, ...outline(map, rule) });
  }

  const version = await programVersion();
  const places = placesOf(answers);
  for (const [n, { manifest, map, rule, backend, mask, lesions }] of answers.entries()) {
    const warnings = [...input.scan.warnings, ...volume.warnings, ...sequenceWarnings(volume, manifest)];
    const name = answers.length === 1 ? stem : `${stem}.${manifest.id}`;
    const made = { manifest, rule, grid: volume.grid, backend, isTriPlanar, rejectedCount: 0 };
    const about = maskProvenance({ ...made, version });
    const agreement = agreementOf(places, n, command.models);
    const highestProbability = map.probabilities.reduce((highest, probability) => Math.max(highest, probability), 0);
    const told = { version, file: input.name, lesions, agreement, warnings, highestProbability };
    const report = segmentationReport({ ...made, ...told });
    const sentences = [
      ...warnings.map(warningText),
      ...renamed,
      ...omittedText(volume, command.formats),
      ...repeatedText(volume, command.formats),
    ];
    const result = { stem: name, volume, map, mask, lesions, about, agreement, warnings: sentences };
    await writeOutputs(result, command, checkpoint, (outputs) => ({
      ...report,
      warnings: sentences,
      ...outputs,
    }));
    for (const sentence of sentences) said.add(sentence);
    say(`${input.name}: ${foundText(lesions.length, about, highestProbability)} (${manifest.id}) → ${name}.json`);
  }
  for (const sentence of said) say(`  warning: ${sentence}`);
}

const notNearIsotropic =
  '--tri-planar needs voxels of about one length in all directions (the longest at most 1.5 times the shortest)';

function foundText(lesions: number, about: MaskProvenance, highestProbability: number): string {
  if (lesions === 0) return noLesionText({ ...about, smallest: minSizeText(about.minSize), highestProbability });
  return lesions === 1 ? '1 lesion' : `${lesions} lesions`;
}
