/** Something given to the program is not what it must be. Its message is one line for people. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
