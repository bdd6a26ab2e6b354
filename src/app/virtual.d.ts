/** Address of the gzipped OpenCV.js; made by the build (vite.config.ts). */
declare module 'virtual:opencv.js.gz' {
  const address: string;
  // eslint-disable-next-line import-x/no-default-export -- the form in which Vite gives every `?url`
  export default address;
}
