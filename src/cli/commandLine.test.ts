import { expect, test } from 'vitest';
import { parseCommandLine, UsageError } from './commandLine';

const parse = (line: string) => parseCommandLine(line.split(' ').filter(Boolean));

test('segment takes files before, between and after its options', () => {
  expect(parse('segment a.png --model m b.png --out o c.png')).toEqual({
    kind: 'segment',
    files: ['a.png', 'b.png', 'c.png'],
    models: ['m'],
    modelsFolder: undefined,
    out: 'o',
    rule: { threshold: undefined, minSize: undefined },
    formats: ['nifti'],
    hasProbability: false,
    isTriPlanar: false,
  });
});

test('several models are separated by commas, each once', () => {
  expect(parse('segment a.png --out o --model one,two,one')).toMatchObject({ models: ['one', 'two'] });
});

test('models, sets and splits can also be named one by one', () => {
  const line = 'evaluate --data d --json j --model a --model b,c --set s --split val --split test --ensemble';
  expect(parse(line)).toMatchObject({
    ...{ models: ['a', 'b', 'c'], sets: ['s'], splits: ['val', 'test'], isEnsemble: true },
  });
  expect(() => parse('evaluate --data d --json j --model a --ensemble')).toThrow(UsageError);
});

test('the rule is read in numbers and pixels', () => {
  expect(parse('segment a.png --out o --model m --threshold .25 --min-size 20px --probability')).toMatchObject({
    rule: { threshold: 0.25, minSize: { value: 20, unit: 'px' } },
    hasProbability: true,
    isTriPlanar: false,
  });
  expect(parse('evaluate --data d --json j --model m --min-size 0 --threshold=0.9')).toMatchObject({
    rule: { threshold: 0.9, minSize: { value: 0, unit: undefined } },
    splits: [],
    sets: [],
    isEnsemble: false,
  });
});

test('volumes are ruled in cubic millimetres and written in the formats asked for', () => {
  expect(parse('segment s --model m --out o --min-size 12.5mm3 --format nifti,dicom-seg,nifti')).toMatchObject({
    rule: { minSize: { value: 12.5, unit: 'mm3' } },
    formats: ['nifti', 'dicom-seg'],
  });
});

test('a file whose name begins with a dash is given after --', () => {
  expect(parse('segment --out o --model m -- -odd.png')).toMatchObject({ files: ['-odd.png'] });
});

test('help is asked for in the usual ways', () => {
  for (const line of ['--help', '-h', 'help', 'segment --help', 'evaluate -h', 'models --help']) {
    expect(parse(line)).toEqual({ kind: 'help' });
  }
});

test.each([
  ['', 'a command is wanted: models, segment or evaluate'],
  ['segmant a.png', 'there is no command segmant: models, segment or evaluate is wanted'],
  ['segment --model m --out o', 'segment needs at least one file or folder'],
  ['segment a.png --out o', '--model <id> is wanted'],
  ['segment a.png --model m', '--out <folder> is wanted'],
  ['segment a.png --model m, --out o', '--model must be ids separated by commas, received m,'],
  ['segment a.png --model m --out o --treshold 0.5', "Unknown option '--treshold'"],
  ['segment a.png --model m --out o --threshold', "Option '--threshold <value>' argument missing"],
  ['segment a.png --model m --out o --threshold 1', '--threshold must be above 0 and below 1, received 1'],
  ['segment a.png --model m --out o --threshold 0', '--threshold must be above 0 and below 1, received 0'],
  ['segment a.png --model m --out o --threshold 50%', '--threshold must be above 0 and below 1, received 50%'],
  ['segment a.png --model m --out o --threshold 0x0.1', '--threshold must be above 0 and below 1, received 0x0.1'],
  ['segment a.png --model m --out o --min-size 2.5px', 'such as 20px or 50mm3, received 2.5px'],
  ['segment a.png --model m --out o --format nifti,dicom', 'received nifti,dicom'],
  ['segment a.png --model m --out o --min-size -3', "Option '--min-size' argument is ambiguous"],
  ['evaluate --data d --model m', '--json <file> is wanted'],
  ['evaluate --json j --model m', '--data <folder> is wanted'],
  ['evaluate x --data d --model m --json j', "Unexpected argument 'x'"],
  ['models extra', "Unexpected argument 'extra'"],
])('%j is wrong usage, said in one line', (line, message) => {
  expect(() => parse(line)).toThrow(UsageError);
  expect(() => parse(line)).toThrow(message);
  expect(() => parse(line)).not.toThrow('\n');
});
