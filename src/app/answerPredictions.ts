/** This page's part in `POST predict/`: the service worker hands it a file, and it segments with its own worker. */
import { PipelineFailure, toPipelineError } from '../domain/errors';
import type { Result } from '../domain/exportFormat';
import type { Scan } from '../domain/scan';
import type { Volume } from '../domain/volume';
import { warningText } from '../domain/warnings';
import type { PredictedFile, PredictReply, PredictRequest } from '../offline/messages';
import { backendWarnings, maskProvenance } from '../models/maskProvenance';
import { minVoxelCountFor } from '../models/minLesion';
import { segmentationReport } from '../models/segmentationReport';
import { sequenceWarnings } from '../models/sequenceWarnings';
import { shippedModels } from '../models/shipped';
import { highestProbability } from '../study/highest';
import { sequenceFor } from '../study/networkChoice';
import { programVersion } from '../study/programVersion';
import type { WorkerClient } from '../worker/client';

type Outcome = Exclude<PredictReply, { kind: 'accepted' } | { kind: 'failed' }>;

export function answerPredictions(client: WorkerClient) {
  navigator.serviceWorker?.addEventListener('message', ({ data, ports: [port] }: MessageEvent<PredictRequest>) => {
    if (data.kind !== 'predict' || !port) return;
    const reply = (what: PredictReply) => port.postMessage(what);
    reply({ kind: 'accepted' });
    segment(client, data)
      .then(reply, (thrown: unknown) => reply({ kind: 'failed', error: toPipelineError(thrown) }))
      // What was kept for the next slice holds this file's. A worker that cannot even do this is replaced by the next job.
      .finally(() => client.run('release', {}).catch(() => undefined));
  });
}

interface Opened {
  readonly scan: Scan;
  readonly volume: Volume;
}

/** The one scan of the file. Of a zip with several series none is guessed, and of a damaged one nothing is left out. */
async function open(client: WorkerClient, { file, name }: PredictRequest): Promise<Opened> {
  const { survey } = await client.run('survey', { files: [{ path: name, blob: file }] });
  const [scan, another] = survey.scans;
  const [refused] = survey.refused;
  if (refused) throw new PipelineFailure(refused.error);
  if (!scan) throw new PipelineFailure({ code: 'unsupported-format', found: 'no image' });
  if (another) throw new PipelineFailure({ code: 'unsupported-variant', found: 'file with several series' });
  return { scan, volume: (await client.run('decode', { scan })).volume };
}

/** The first network for what the file says it is, else the first of all, as on the page. */
function defaultModel({ sequence }: Volume): string {
  const wanted = sequenceFor(sequence);
  const fitting = shippedModels.filter((model) => wanted === undefined || model.sequence === wanted);
  return fitting[0]?.id ?? '';
}

/** In the patient's space one NIfTI; of a picture one PNG, and of a stack of pictures one a slice. */
async function maskFiles(client: WorkerClient, result: Result): Promise<readonly PredictedFile[]> {
  const { grid } = result.volume;
  if (grid.space.kind === 'patient') {
    const { bytes } = await client.run('export', { format: 'nifti', result });
    return [{ type: 'application/gzip', bytes: new Uint8Array(bytes) }];
  }
  const masks: PredictedFile[] = [];
  for (let slice = 0; slice < grid.dims[2]; slice++) {
    const { png } = await client.run('encodeMask', { mask: result.mask, slice, about: result.about });
    masks.push({ type: 'image/png', bytes: new Uint8Array(png) });
  }
  return masks;
}

/** @throws PipelineFailure as the page's own journey does */
async function segment(client: WorkerClient, asked: PredictRequest): Promise<Outcome> {
  const known = shippedModels.map(({ id }) => id);
  if (asked.modelId !== undefined && !known.includes(asked.modelId)) {
    throw new PipelineFailure({ code: 'model-unknown', modelId: asked.modelId, known });
  }
  const { scan, volume } = await open(client, asked);
  const lost = [...scan.warnings, ...volume.warnings].find(({ code }) => code === 'slice-unreadable');
  if (lost && asked.mustBeWhole) return { kind: 'incomplete', warning: lost };
  const modelId = asked.modelId ?? defaultModel(volume);
  const { manifest } = await client.run('load', { modelId });
  const { map, backend } = await client.run('segment', { volume, modelId, isTriPlanar: false });
  const rule = {
    threshold: asked.threshold ?? manifest.threshold.value,
    minVoxelCount: minVoxelCountFor(manifest, volume.grid),
  };
  const { mask, lesions } = await client.run('delineate', { map, rule });
  const { grid } = volume;
  const made = { manifest, rule, grid, backend, isTriPlanar: false, version: programVersion, rejectedCount: 0 };
  const about = maskProvenance(made);
  const warnings = [...scan.warnings, ...volume.warnings, ...sequenceWarnings(volume, manifest)];
  const result = { stem: 'mask', volume, map, mask, lesions, about, warnings: warnings.map(warningText) };
  const masks = await maskFiles(client, result);
  const report = segmentationReport({
    ...made,
    file: asked.name,
    lesions,
    warnings,
    highestProbability: highestProbability(map).probability,
  });
  const warningCodes = [...new Set([...backendWarnings(backend), ...warnings].map(({ code }) => code))];
  return { kind: 'segmented', masks, report, warningCodes };
}
