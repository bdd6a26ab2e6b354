import type { DelineationRule, Volume } from '../domain/volume';
import type { Architecture, ModelManifest } from '../models/manifest';
import { noWishes, ruleFor, type RuleWishes } from './rule';

/** What the rules are of, asked each time. */
export interface RuledBy {
  readonly volume: Volume | undefined;
  readonly architectures: readonly Architecture[];
  /** Undefined: its network is not loaded yet. */
  readonly manifestOf: (architecture: Architecture) => ModelManifest | undefined;
}

/** What turns each chosen network's probabilities into its mask: the user's wish, else the network's own. */
export class Rules {
  readonly #by: () => RuledBy;
  #wishes = $state.raw<RuleWishes>(noWishes);

  constructor(by: () => RuledBy) {
    this.#by = by;
  }

  /** What the sliders show, network by network. Networks not loaded yet are left out. */
  get shown(): readonly DelineationRule[] {
    return this.#by().architectures.flatMap((one) => this.of(one) ?? []);
  }

  /** Undefined until both the network and a volume are here. */
  of(architecture: Architecture): DelineationRule | undefined {
    const { volume, manifestOf } = this.#by();
    const manifest = manifestOf(architecture);
    return manifest && volume && this.for(manifest, volume);
  }

  readonly for = (manifest: ModelManifest, { grid }: Volume): DelineationRule => ruleFor(this.#wishes, manifest, grid);

  /** In force for this network. */
  thresholdOf({ threshold }: ModelManifest): number {
    return this.#wishes.threshold ?? threshold.value;
  }

  /** @param threshold  undefined: each network's own again */
  wishThreshold(threshold: number | undefined) {
    this.#wishes = { ...this.#wishes, threshold };
  }

  /** @param size  in mm³ for a volume in the patient's space, in pixels for a picture */
  wishSmallest(size: number) {
    const isVolume = this.#by().volume?.grid.space.kind === 'patient';
    this.#wishes = { ...this.#wishes, ...(isVolume ? { smallestMm3: size } : { smallestPx: size }) };
  }
}
