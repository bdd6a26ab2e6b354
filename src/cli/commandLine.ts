/** From the words of the command line to what is asked for. */
import { parseArgs } from 'node:util';
import { type ExportFormat, exportFormats } from '../domain/exportFormat';

export interface SegmentCommand {
  readonly kind: 'segment';
  readonly files: readonly string[];
  readonly models: readonly string[];
  readonly modelsFolder: string | undefined;
  readonly out: string;
  readonly rule: AskedRule;
  /** What is written of a volume; a picture always gets its mask as PNG. Probabilities are asked for by themselves. */
  readonly formats: readonly ExportFormat[];
  readonly hasProbability: boolean;
  /** Volumes are looked at in three planes, whose probabilities are averaged. */
  readonly isTriPlanar: boolean;
}

export interface EvaluateCommand {
  readonly kind: 'evaluate';
  /** A data set, or a folder of several. */
  readonly dataFolder: string;
  /** Of a folder of several; empty: those the models were trained on. */
  readonly sets: readonly string[];
  /** Empty: validation, and all of a set whose index has no splits. */
  readonly splits: readonly string[];
  readonly models: readonly string[];
  readonly modelsFolder: string | undefined;
  /** Also the mean of two or more models' probabilities. */
  readonly isEnsemble: boolean;
  readonly json: string;
  readonly rule: AskedRule;
}

/** Undefined: the model's own. */
export interface AskedRule {
  readonly threshold: number | undefined;
  readonly minSize: MinSize | undefined;
}

/** Without a unit: pixels of a picture, mm³ of a volume. */
export interface MinSize {
  readonly value: number;
  readonly unit: 'px' | 'mm3' | undefined;
}

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'models'; readonly modelsFolder: string | undefined }
  | SegmentCommand
  | EvaluateCommand;

/** The words make no command. Its message is one line for people. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const common = { models: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
const several = { type: 'string', multiple: true } as const;
const ruled = { model: several, threshold: { type: 'string' }, 'min-size': { type: 'string' } } as const;

/** @throws UsageError */
export function parseCommandLine(words: readonly string[]): Command {
  const [name, ...rest] = words;
  if (name === '--help' || name === '-h' || name === 'help') return { kind: 'help' };
  switch (name) {
    case 'models':
      return parseModels(rest);
    case 'segment':
      return parseSegment(rest);
    case 'evaluate':
      return parseEvaluate(rest);
    case undefined:
      throw new UsageError('a command is wanted: models, segment or evaluate');
    default:
      throw new UsageError(`there is no command ${name}: models, segment or evaluate is wanted`);
  }
}

function parseModels(args: string[]): Command {
  const { values } = parsed(() => parseArgs({ args, options: common }));
  if (values.help) return { kind: 'help' };
  return { kind: 'models', modelsFolder: values.models };
}

function parseSegment(args: string[]): Command {
  const string = { type: 'string' } as const;
  const options = {
    ...common,
    ...ruled,
    out: string,
    format: string,
    probability: { type: 'boolean' },
    'tri-planar': { type: 'boolean' },
  } as const;
  const { values, positionals } = parsed(() => parseArgs({ args, options, allowPositionals: true }));
  if (values.help) return { kind: 'help' };
  const asked = formats(values.format);
  if (positionals.length === 0) throw new UsageError('segment needs at least one file or folder');
  return {
    kind: 'segment',
    files: positionals,
    models: modelIds(values.model),
    modelsFolder: values.models,
    out: required(values.out, '--out <folder>'),
    rule: { threshold: threshold(values.threshold), minSize: minSize(values['min-size']) },
    formats: asked.filter((format) => format !== 'probability'),
    hasProbability: values.probability === true || asked.includes('probability'),
    isTriPlanar: values['tri-planar'] ?? false,
  };
}

function parseEvaluate(args: string[]): Command {
  const string = { type: 'string' } as const;
  const chosen = { set: several, split: several, ensemble: { type: 'boolean' } } as const;
  const options = { ...common, ...ruled, ...chosen, data: string, json: string } as const;
  const { values } = parsed(() => parseArgs({ args, options }));
  if (values.help) return { kind: 'help' };
  const models = modelIds(values.model);
  const isEnsemble = values.ensemble ?? false;
  if (isEnsemble && models.length < 2) throw new UsageError('--ensemble needs two models');
  return {
    kind: 'evaluate',
    dataFolder: required(values.data, '--data <folder>'),
    sets: names(values.set),
    splits: names(values.split),
    models,
    isEnsemble,
    modelsFolder: values.models,
    json: required(values.json, '--json <file>'),
    rule: { threshold: threshold(values.threshold), minSize: minSize(values['min-size']) },
  };
}

/** Node says what is wrong with an option in its first sentence, then advises on quoting. */
function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new UsageError(message.split(/[\n.]/)[0] ?? message);
  }
}

function required(value: string | undefined, what: string): string {
  if (value === undefined || value === '') throw new UsageError(`${what} is wanted`);
  return value;
}

function modelIds(values: readonly string[] | undefined): string[] {
  const value = required(values?.join(','), '--model <id>');
  const ids = value.split(',');
  if (ids.includes('')) throw new UsageError(`--model must be ids separated by commas, received ${value}`);
  return [...new Set(ids)];
}

const names = (values: readonly string[] | undefined) => [
  ...new Set((values ?? []).flatMap((value) => value.split(',')).filter((name) => name !== '')),
];

function threshold(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = /^(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(value) ? Number(value) : NaN;
  if (!(number > 0 && number < 1)) {
    throw new UsageError(`--threshold must be above 0 and below 1, received ${value}`);
  }
  return number;
}

function minSize(value: string | undefined): MinSize | undefined {
  if (value === undefined) return undefined;
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*(px|mm3|mm³)?$/i.exec(value) ?? [];
  const size = { value: Number(digits), unit: unitOf(unit) };
  if (digits === undefined || !Number.isFinite(size.value) || (size.unit === 'px' && !Number.isInteger(size.value))) {
    throw new UsageError(`--min-size must be pixels or cubic millimetres such as 20px or 50mm3, received ${value}`);
  }
  return size;
}

function unitOf(unit: string | undefined): MinSize['unit'] {
  if (unit === undefined) return undefined;
  return unit.toLowerCase() === 'px' ? 'px' : 'mm3';
}

/** `json` is always written, and may be asked for all the same. */
function formats(value: string | undefined): ExportFormat[] {
  const asked = [...new Set((value ?? 'nifti').split(','))].filter((name) => name !== 'json');
  return asked.map((name) => {
    const format = exportFormats.find((one) => one === name);
    if (format === undefined) {
      throw new UsageError(`--format must be of ${[...exportFormats, 'json'].join(', ')}, received ${value}`);
    }
    return format;
  });
}
