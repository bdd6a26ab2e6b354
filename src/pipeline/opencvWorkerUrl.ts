/** Where the build puts the worker that runs OpenCV.js; for a host in a browser. */
export { default as opencvWorkerUrl } from '../preprocess/opencvWorker.ts?worker&url';
