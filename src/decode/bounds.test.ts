import { describe, expect, it } from 'vitest';
import { PipelineFailure } from '../domain/errors';
import { checkDims, checkFileBytes, maximumFileBytes, maximumPagePixels } from './bounds';

const failureOf = (check: () => void) => {
  try {
    check();
  } catch (thrown) {
    return thrown instanceof PipelineFailure ? thrown.error : thrown;
  }
  return undefined;
};

describe('checkFileBytes', () => {
  it('takes files up to the cap', () => {
    expect(failureOf(() => checkFileBytes(1))).toBeUndefined();
    expect(failureOf(() => checkFileBytes(maximumFileBytes))).toBeUndefined();
  });

  it('refuses an empty file and one beyond the cap', () => {
    expect(failureOf(() => checkFileBytes(0))).toEqual({ code: 'empty-file' });
    const bytes = maximumFileBytes + 1;
    expect(failureOf(() => checkFileBytes(bytes))).toEqual({ code: 'file-too-large', bytes, maximumBytes: 2 ** 28 });
  });
});

describe('checkDims', () => {
  it('takes everything between the smallest side and the most pixels', () => {
    expect(failureOf(() => checkDims('PNG', 32, 32))).toBeUndefined();
    expect(failureOf(() => checkDims('PNG', 8192, 4096))).toBeUndefined();
    expect(failureOf(() => checkDims('TIFF', 512, 512, 256))).toBeUndefined();
  });

  it('refuses a page that is too small or too large', () => {
    const small = { code: 'image-too-small', width: 200, height: 31, minimum: 32 };
    expect(failureOf(() => checkDims('PNG', 200, 31))).toEqual(small);
    const large = { code: 'image-too-large', width: 8192, height: 4097, pages: 1, maximumPixels: maximumPagePixels };
    expect(failureOf(() => checkDims('PNG', 8192, 4097))).toEqual(large);
  });

  it('refuses more pages than fit together', () => {
    const large = { code: 'image-too-large', width: 512, height: 512, pages: 257, maximumPixels: 2 ** 26 };
    expect(failureOf(() => checkDims('TIFF', 512, 512, 257))).toEqual(large);
  });

  it('refuses a side of 0 as damage', () => {
    expect(failureOf(() => checkDims('PNG', 0, 40))).toMatchObject({ code: 'corrupt-file', format: 'PNG' });
  });
});
