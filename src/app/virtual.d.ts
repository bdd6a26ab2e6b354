/** Address of the gzipped OpenCV.js; made by the build (vite.config.ts). */
declare module 'virtual:opencv.js.gz' {
  const address: string;
  export { address as default };
}
