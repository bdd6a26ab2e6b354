/** What can be asked for in the page's address: for scripts, tests and bug reports. */
import type { BackendChoice } from '../domain/backend';
import type { NetworkChoice, NetworkSequence } from '../study/networkChoice';

export interface AddressOptions {
  readonly backend: BackendChoice;
  readonly network: NetworkChoice;
  readonly sequence: NetworkSequence;
}

/**
 * `?backend=webgpu|wasm`, `?network=nested-unet|attention-unet|both`, and `?sequence=t1ce|flair` for images that do not say
 * their own; anything else leaves the choice to the program.
 */
export function addressOptions(search: string): AddressOptions {
  const asked = new URLSearchParams(search);
  const backend = asked.get('backend');
  const network = asked.get('network');
  return {
    backend: backend === 'webgpu' || backend === 'wasm' ? backend : 'auto',
    network: network === 'attention-unet' || network === 'both' ? network : 'nested-unet',
    sequence: asked.get('sequence') === 'flair' ? 'flair' : 't1ce',
  };
}
