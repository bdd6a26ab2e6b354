import type { BackendChoice } from '../domain/backend';

/** `?backend=webgpu` or `?backend=wasm`; anything else leaves the choice to the program. */
export function backendChoice(search: string): BackendChoice {
  const asked = new URLSearchParams(search).get('backend');
  return asked === 'webgpu' || asked === 'wasm' ? asked : 'auto';
}
