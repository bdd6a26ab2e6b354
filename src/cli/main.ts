/** The pipeline without a browser: `models`, `segment`, `evaluate`. */
import { PipelineFailure } from '../domain/errors';
import { type Command, parseCommandLine, UsageError } from './commandLine';
import { explain } from './explain';
import { complain, endProgress, say } from './terminal';
import { usage } from './usage';

/** Each command brings its own modules, so that a usage error costs no start of TensorFlow.js. */
async function perform(command: Command): Promise<boolean> {
  switch (command.kind) {
    case 'help':
      say(...usage.trimEnd().split('\n'));
      return true;
    case 'models':
      await (await import('./listModels')).listModels(command.modelsFolder);
      return true;
    case 'segment':
      return (await import('./segment')).segmentFiles(command);
    case 'evaluate':
      await (await import('./evaluate')).evaluateModels(command);
      return true;
  }
}

async function main(words: readonly string[]): Promise<number> {
  try {
    return (await perform(parseCommandLine(words))) ? 0 : 1;
  } catch (thrown) {
    endProgress();
    if (thrown instanceof UsageError || (thrown instanceof PipelineFailure && thrown.error.code === 'model-unknown')) {
      complain(`metsight: ${thrown instanceof UsageError ? thrown.message : explain(thrown, 'compile')}`);
      process.stderr.write(`\n${usage}`);
      return 2;
    }
    complain(`metsight: ${explain(thrown, 'compile')}`);
    return 1;
  }
}

// `npm run` starts scripts in the package's folder; paths are meant from where the user is.
if (process.env.npm_lifecycle_event === 'metsight' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);

// A reader that has seen enough (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await main(process.argv.slice(2));
