/** What is said to people: results on stdout, one line a failure on stderr, progress on a terminal only. */
import type { Stage } from '../domain/errors';
import type { Checkpoint } from '../domain/network';

const stageVerbs: Record<Stage, string> = {
  download: 'reading the network',
  decode: 'reading',
  preprocess: 'preparing',
  compile: 'preparing the network',
  infer: 'segmenting',
  postprocess: 'outlining',
  encode: 'writing',
};

const clearLine = '\r\x1b[2K';

/** One line, whatever a file is called: control characters could end the line or drive the terminal. */
const printable = (text: string) => text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, '�');

function clearProgress() {
  if (process.stderr.isTTY) process.stderr.write(clearLine);
}

/** Lines on stdout. */
export function say(...lines: readonly string[]) {
  clearProgress();
  for (const line of lines) process.stdout.write(`${printable(line)}\n`);
}

/** One line on stderr. */
export function complain(text: string) {
  clearProgress();
  process.stderr.write(`${printable(text)}\n`);
}

/** `label`: what is being worked on ("3/12 scan.png"). Silent where stderr is no terminal. */
export function progressLine(label: string): Checkpoint {
  return async (stage, done, total) => {
    if (!process.stderr.isTTY) return;
    const amount = total > 1 ? ` ${done} of ${total}` : '';
    const line = printable(`${label}: ${stageVerbs[stage]}${amount}`);
    process.stderr.write(clearLine + line.slice(0, (process.stderr.columns || 80) - 1));
  };
}

export function endProgress() {
  clearProgress();
}
