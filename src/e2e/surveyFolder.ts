/** What a folder's list costs in Node: run by benchStudies in a process of its own. */
import { inputFiles } from '../cli/inputFiles';
import { survey } from '../pipeline/open';

const started = performance.now();
const { files } = await inputFiles(process.argv[2]!);
let most = 0;
const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
const { scans, refused } = await survey(files, () => Promise.reject(new Error('no program')), () => Promise.resolve()); // prettier-ignore
clearInterval(watch);
const surveyedS = Math.round((performance.now() - started) / 100) / 10;
const cpuS = Math.round(process.cpuUsage().user / 1e5) / 10;
console.log(
  JSON.stringify({
    ...{ fileCount: files.length, scanCount: scans.length, refusedCount: refused.length, surveyedS, cpuS },
    mostMiB: Math.round(most / 2 ** 20),
  }),
);
