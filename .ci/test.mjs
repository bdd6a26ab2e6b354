// `npm test`: installs what it needs, runs every check, and ends with the sum over all test runners.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const reports = mkdtempSync(path.join(tmpdir(), 'metsight-tests-'));
const sum = { passed: 0, failed: 0, skipped: 0 };
const windows = process.platform === 'win32';

/** Runs a command in the open; resolves to its exit code. */
function run(command, args, env = {}) {
  console.log(`\n$ ${command} ${args.join(' ')}`);
  return new Promise((resolve) => {
    spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: windows,
      env: { ...process.env, ...env },
    })
      .on('error', (error) => (console.error(error.message), resolve(127)))
      .on('close', (code) => resolve(code ?? 1));
  });
}

const succeeds = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** A step that is no test runner counts as one test, so that its failure is in the sum. */
async function check(command, args) {
  const code = await run(command, args);
  sum[code === 0 ? 'passed' : 'failed'] += 1;
  return code === 0;
}

/** A runner counts by its report; one that leaves no report, or fails without a failed test in it, counts as failed. */
function count(code, name, read) {
  const found = { passed: 0, failed: 0, skipped: 0 };
  const file = path.join(reports, name);
  if (existsSync(file)) Object.assign(found, read(readFileSync(file, 'utf8')));
  if (found.failed === 0 && (code !== 0 || found.passed === 0)) found.failed = 1;
  for (const key of Object.keys(sum)) sum[key] += found[key];
  console.log(`${name}: ${found.passed} passed, ${found.failed} failed, ${found.skipped} skipped`);
}

/** Where a Chromium is, or is put: $CHROMIUM, the usual places, Debian's package, Playwright's download. */
async function findChromium() {
  const usual = [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  const found = () => usual.find((place) => place && existsSync(place));
  if (found()) return found();
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    await run('apt-get', ['update', '-qq']);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']);
    if (found()) return found();
  }
  await run('npx', ['playwright', 'install', 'chromium-headless-shell', 'chromium']);
  const { chromium } = await import('@playwright/test');
  return existsSync(chromium.executablePath()) ? chromium.executablePath() : undefined;
}

/** The interpreter that runs training's tests: METSIGHT_PYTHON, else a virtual environment of the project's own. */
async function findPython() {
  if (process.env.METSIGHT_PYTHON) return process.env.METSIGHT_PYTHON;
  const python = path.join(root, '.venv', windows ? 'Scripts\\python.exe' : 'bin/python');
  const ready = () =>
    succeeds(python, ['-c', 'import torch, cv2, matplotlib, tqdm, pytest, ruff, PIL, scipy, h5py, nibabel, pydicom']);
  if (existsSync(python) && ready()) return python;
  if ((await run(windows ? 'python' : 'python3', ['-m', 'venv', '.venv'])) !== 0) return undefined;
  // The pinned version first: a plain `torch` may pull a CUDA build of several gigabytes.
  await run(python, ['-m', 'pip', 'install', '--quiet', 'torch==2.13.0']);
  await run(python, ['-m', 'pip', 'install', '--quiet', './training[test]']);
  return ready() ? python : undefined;
}

const started = Date.now();
if ((await run('npm', ['install', '--no-audit', '--no-fund'])) !== 0) process.exit(1);

const npx = (...args) => check('npx', ['--no-install', ...args]);
await npx('prettier', '--check', '.');
await npx('eslint', '.');
await npx('tsc', '--noEmit');
await npx('svelte-check', '--tsconfig', './tsconfig.json', '--fail-on-warnings');

const python = await findPython();
if (!python) {
  console.error('No Python 3 with PyTorch could be set up: the tests of training/ count as failed.');
  sum.failed += 1;
} else {
  await check(python, ['-m', 'ruff', 'check', 'training']);
  await check(python, ['-m', 'ruff', 'format', '--check', 'training']);
  const report = path.join(reports, 'pytest');
  const code = await run(python, ['-m', 'pytest', '-q', '--color=no', `--junit-xml=${report}`, 'training'], {
    PYTHONPATH: path.join(root, 'training'),
  });
  count(code, 'pytest', (xml) => {
    const number = (name) => Number(xml.match(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`))?.[1] ?? 0);
    const failed = number('failures') + number('errors');
    return { passed: number('tests') - failed - number('skipped'), failed, skipped: number('skipped') };
  });
}

const unitReport = path.join(reports, 'vitest');
const unit = await run(
  'npx',
  ['--no-install', 'vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`],
  python ? { METSIGHT_PYTHON: python } : {},
);
count(unit, 'vitest', (json) => {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(json);
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
});

const chromium = await findChromium();
if ((await npx('vite', 'build')) && (await npx('vite', 'build', '--mode', 'portable')) && chromium) {
  const browserReport = path.join(reports, 'playwright');
  const browser = await run(
    'npx',
    ['--no-install', 'playwright', 'test', '--config', 'src/e2e/playwright.config.ts', '--reporter=list,json'],
    {
      CHROMIUM: chromium,
      PLAYWRIGHT_JSON_OUTPUT_FILE: browserReport,
      ...(python ? { METSIGHT_PYTHON: python } : {}),
    },
  );
  count(browser, 'playwright', (json) => {
    const { expected, flaky, unexpected, skipped } = JSON.parse(json).stats;
    return { passed: expected + flaky, failed: unexpected, skipped };
  });
} else {
  console.error(
    chromium ? 'The build failed: the browser tests did not run.' : 'No Chromium could be found or installed.',
  );
  sum.failed += 1;
}

rmSync(reports, { recursive: true, force: true });
console.log(`\nall checks took ${Math.round((Date.now() - started) / 1000)} s`);
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exit(sum.failed === 0 ? 0 : 1);
