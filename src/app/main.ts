/** Makes everything once, and mounts it. */
import { mount } from 'svelte';
import { Study } from '../study/Study.svelte';
import { WorkerClient } from '../worker/client';
import { startWorker } from '../worker/startWorker';
import { addressOptions } from './addressOptions';
import App from './App.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('index.html must hold an element with the id app');

const study = new Study(new WorkerClient(startWorker), addressOptions(location.search));
mount(App, { target, props: { study } });
study.start();
