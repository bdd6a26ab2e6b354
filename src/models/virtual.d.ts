/** The folders of `public/models`, by id; made by the build (src/packaging/shippedModels.ts). */
declare module 'virtual:shipped-models' {
  export const listed: readonly import('./shipped').ShippedModel[];
}
