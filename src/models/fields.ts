/** A grammar for parsed JSON: each rule checks a value and gives it its type, or says which field is wrong and why. */

/** Plain language about one field: "threshold.value must be a number from 0 to 1. Received 7." */
export class FieldFault extends Error {}

/** @throws FieldFault */
export type Rule<T> = (value: unknown, at: string) => T;

function fault(at: string, wanted: string, received: unknown): never {
  const shown = JSON.stringify(received) ?? 'nothing';
  throw new FieldFault(`${at} must be ${wanted}. Received ${shown.length > 60 ? `${shown.slice(0, 60)}…` : shown}`);
}

/** 1 to `longest` characters; `pattern` where not every text will do. */
export const text =
  (wanted = 'a text', pattern = /./, longest = 4000): Rule<string> =>
  (value, at) =>
    typeof value === 'string' && value !== '' && value.length <= longest && pattern.test(value)
      ? value
      : fault(at, wanted, value);

/** Finite, both ends included. */
export const number =
  (low: number, high: number): Rule<number> =>
  (value, at) =>
    typeof value === 'number' && value >= low && value <= high
      ? value
      : fault(at, `a number from ${low} to ${high}`, value);

export const whole =
  (low: number, high: number): Rule<number> =>
  (value, at) =>
    Number.isInteger(value) ? number(low, high)(value, at) : fault(at, `a whole number from ${low} to ${high}`, value);

export const oneOf =
  <const T extends string | number>(...known: readonly T[]): Rule<T> =>
  (value, at) =>
    known.find((one) => one === value) ?? fault(at, known.map((one) => JSON.stringify(one)).join(' or '), value);

export const list =
  <T>(rule: Rule<T>, fewest: number, most: number): Rule<readonly T[]> =>
  (value, at) =>
    Array.isArray(value) && value.length >= fewest && value.length <= most
      ? value.map((one, n) => rule(one, `${at}[${n}]`))
      : fault(at, `a list of ${fewest} to ${most}`, value);

export const pair =
  <T>(rule: Rule<T>): Rule<readonly [T, T]> =>
  (value, at) => {
    const [first, second, ...more] = list(rule, 2, 2)(value, at);
    return first !== undefined && second !== undefined && more.length === 0
      ? [first, second]
      : fault(at, 'a list of 2', value);
  };

/** A field that older manifests lack; null is not absence. */
export const optional =
  <T>(rule: Rule<T>): Rule<T | undefined> =>
  (value, at) =>
    value === undefined ? undefined : rule(value, at);

/** An object that is only shown or kept, whatever it holds. */
export const table: Rule<Readonly<Record<string, unknown>>> = (value, at) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : fault(at, 'an object', value);

/** Exactly these fields: one too many may say something that this version would silently ignore. */
export const fields =
  <T extends object>(rules: { readonly [Name in keyof T]-?: Rule<T[Name]> }): Rule<T> =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) fault(at || 'it', 'an object', value);
    const known = Object.entries<Rule<unknown>>(rules);
    const place = (name: string) => (at === '' ? name : `${at}.${name}`);
    const extra = Object.keys(value).find((name) => !Object.hasOwn(rules, name));
    if (extra !== undefined) throw new FieldFault(`${place(extra)} is not known to this version`);
    const given = new Map<string, unknown>(Object.entries(value));
    // Each rule gives the type of its own field: `T` by construction.
    return Object.fromEntries(known.map(([name, rule]) => [name, rule(given.get(name), place(name))])) as T;
  };
