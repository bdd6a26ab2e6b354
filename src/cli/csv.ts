/** Comma-separated values as RFC 4180 describes them: quoted fields may hold commas, quotes (doubled) and line ends. */

/** @returns one record a row, by the names of the first row in lower case; without spaces around, missing fields are '' */
export function parseCsv(text: string): Record<string, string>[] {
  const [header, ...rows] = csvRows(text.replace(/^\uFEFF/, ''));
  if (!header) return [];
  return rows
    .filter((row) => row.length > 1 || row[0] !== '')
    .map((row) => Object.fromEntries(header.map((name, i) => [name.trim().toLowerCase(), (row[i] ?? '').trim()])));
}

function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  // A field is quoted or plain; what ends it is a comma, a line end, or the end of the text.
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|\n|\r|$)/g)) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
    if (end === '') break;
  }
  return rows;
}
