/** The last word before a file is written: whether it is one of the inputs. */
import { stat } from 'node:fs/promises';

export type InputGuard = (target: string) => Promise<boolean>;

/** By what the disk holds, not by name: a link, or a name in other letters, is the same file. */
export async function inputGuard(files: readonly string[]): Promise<InputGuard> {
  const inputs = new Set<string>();
  for (const file of files) {
    const identity = await identityOf(file);
    if (identity !== undefined) inputs.add(identity);
  }
  return async (target) => {
    const identity = await identityOf(target);
    return identity !== undefined && inputs.has(identity);
  };
}

/** Undefined where there is no such file, or none that can be looked at. */
async function identityOf(file: string): Promise<string | undefined> {
  try {
    // Beyond 2^53 on some file systems.
    const { dev, ino } = await stat(file, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
