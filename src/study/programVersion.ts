/** Written beside every result. */
import { version } from '../../package.json';

export const programVersion: string = version;
