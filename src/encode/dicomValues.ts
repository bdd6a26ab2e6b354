/** Values of a source's attributes that its own writer did not hold to their representation (PS3.5 §6.2). */
import { decimal } from './dicomWriter';

export type Allowed =
  { readonly kind: 'as-written' | 'changed'; readonly value: string } | { readonly kind: 'left-out' };

/** Part of an identifier names something else, so these are kept whole or not at all. */
const identifiers = [0x00080050, 0x00100020, 0x00100021, 0x00200010];

const patientsSex = 0x00100040;

/**
 * What may be written in the place of a value: itself, the same in the form that DICOM asks for, or nothing.
 *
 * @param value  as written, without padding; all of these attributes hold one value
 */
export function allowedValue(tag: number, vr: string, value: string): Allowed {
  const [first = '', ...more] = value.split('\\');
  const isIdentifier = identifiers.includes(tag);
  if (isIdentifier && more.length > 0) return { kind: 'left-out' };
  const fitted = tag === patientsSex ? sex(first) : formOf(vr, first, isIdentifier);
  if (fitted === undefined) return { kind: 'left-out' };
  return { kind: fitted === value ? 'as-written' : 'changed', value: fitted };
}

function formOf(vr: string, value: string, isWhole: boolean): string | undefined {
  if (value === '') return '';
  switch (vr) {
    case 'SH':
      return text(value, 16, isWhole);
    case 'LO':
      return text(value, 64, isWhole);
    case 'PN':
      return personName(value);
    case 'DA':
      return date(value);
    case 'TM':
      return time(value);
    case 'AS':
      return age(value);
    case 'DS':
      return decimalString(value);
    default:
      return value;
  }
}

/** Characters, not bytes; no control characters, which no terminal of a PACS should meet. */
function text(value: string, most: number, isWhole: boolean): string | undefined {
  const plain = [...value.replace(/\p{Cc}/gu, ' ')];
  if (plain.length <= most) return plain.join('');
  return isWhole ? undefined : plain.slice(0, most).join('').trimEnd();
}

/** Up to three component groups of 64 characters and five components each. */
const personName = (value: string) =>
  value
    .split('=')
    .slice(0, 3)
    .map((group) => text(group.split('^').slice(0, 5).join('^'), 64, false))
    .join('=');

/** "1999.12.31" is how ACR-NEMA wrote it. */
function date(value: string): string | undefined {
  const [, year = '', month = '', day = ''] = /^(\d{4})[.-]?(\d\d)[.-]?(\d\d)$/.exec(value) ?? [];
  const known = new Date(`${year}-${month}-${day}T00:00:00Z`);
  // 31 February would become a day of March.
  return known.getUTCDate() === Number(day) && known.getUTCMonth() + 1 === Number(month)
    ? year + month + day
    : undefined;
}

function time(value: string): string | undefined {
  const parts = /^([01]\d|2[0-3])(?::?([0-5]\d)(?::?([0-5]\d|60)(\.\d{1,6})?)?)?$/.exec(
    value.replace(/(\.\d{6})\d+$/, '$1'),
  );
  return parts?.slice(1).join('');
}

/** Of a number without its unit nobody knows whether it is years. */
function age(value: string): string | undefined {
  const [, count, unit] = /^(\d{1,3})([DWMY])$/i.exec(value) ?? [];
  return count === undefined || unit === undefined ? undefined : count.padStart(3, '0') + unit.toUpperCase();
}

function decimalString(value: string): string | undefined {
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value.trim()) ? Number(value) : NaN;
  if (!Number.isFinite(number)) return undefined;
  return value.length <= 16 ? value : decimal(number);
}

/** Enumerated (PS3.3 C.7.1.1). */
const sex = (value: string) => (/^[MFO]?$/i.test(value) ? value.toUpperCase() : undefined);
