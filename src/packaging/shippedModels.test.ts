import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PipelineFailure } from '../domain/errors';
import { isNonCommercial } from '../models/usageTerms';
import { listModels } from './shippedModels';

const shipped = fileURLToPath(new URL('../../public/models', import.meta.url));
let folder: string;

beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'metsight-models-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A shipped model under another name and for another sequence. */
function copyAs(id: string) {
  cpSync(path.join(shipped, 'attention-unet-t1ce'), path.join(folder, id), { recursive: true });
  const file = path.join(folder, id, 'manifest.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), id, sequence: 'flair' }));
}

test('a folder that is put among the models is listed; what holds no manifest is not', () => {
  copyAs('attention-unet-flair');
  mkdirSync(path.join(folder, 'half-copied'));
  expect(listModels(folder)).toEqual([
    {
      id: 'attention-unet-flair',
      architecture: 'attention-unet',
      sequence: 'flair',
      notice: expect.stringContaining('Research use only'),
      manifestSha256: createHash('sha256')
        .update(readFileSync(path.join(folder, 'attention-unet-flair/manifest.json')))
        .digest('hex'),
    },
  ]);
});

test('a manifest that does not say its folder’s name is refused', () => {
  copyAs('attention-unet-flair');
  cpSync(path.join(folder, 'attention-unet-flair'), path.join(folder, 'renamed'), { recursive: true });
  expect(() => listModels(folder)).toThrow(PipelineFailure);
});

test('the notice of a shipped model says so where a data set is under non-commercial terms', () => {
  for (const { id, notice } of listModels(shipped)) {
    const { provenance } = JSON.parse(readFileSync(path.join(shipped, id, 'manifest.json'), 'utf8')) as {
      provenance: { dataSets: { licence: string }[] };
    };
    expect(isNonCommercial(notice)).toBe(provenance.dataSets.some(({ licence }) => licence.includes('NC')));
  }
});
