/** Makes everything once, and mounts it. */
import { mount } from 'svelte';
import { keepRequests } from '../offline/evidence';
import { readProgramFiles } from '../offline/insideFiles';
import { Trust } from '../offline/Trust.svelte';
import { Study } from '../study/Study.svelte';
import { WorkerClient } from '../worker/client';
import { startWorker } from '../worker/startWorker';
import { addressOptions } from './addressOptions';
import { answerPredictions } from './answerPredictions';
import App from './App.svelte';

// Before any request: what the browser drops could not be shown later.
keepRequests();
const target = document.getElementById('app');
if (!target) throw new Error('index.html must hold an element with the id app');
// On a host that is just being updated the style sheet can be missing: half a page is not shown.
const isWhole = import.meta.env.DEV || document.styleSheets.length > 0;
if (!isWhole) throw new Error('the style sheet of this page is missing');

const files = await readProgramFiles();
const client = new WorkerClient(() => startWorker(files));
const study = new Study(client, addressOptions(location.search));
const trust = new Trust(files);
target.replaceChildren();
mount(App, { target, props: { study, trust } });
// Nothing is fetched or opened before: the first visit may have to load the page once more, under its policy.
void trust.start().then(() => {
  study.start();
  answerPredictions(client);
});
