/** Why a file could not be read or written, in words: Node's own name calls and codes. */
const reasons: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'this is a folder; not a file',
  EEXIST: 'a file of this name is in the way of a folder',
  ENOTDIR: 'a part of this path is a file, not a folder',
  EACCES: 'it may not be opened: permission denied',
  EPERM: 'it may not be opened: permission denied',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links lead in a circle',
};

/** Undefined where `thrown` is no fault of the file system. */
export function ioReason(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || !('syscall' in thrown)) return undefined;
  const code = String(thrown.code);
  return reasons[code] ?? `the system says ${code}`;
}
