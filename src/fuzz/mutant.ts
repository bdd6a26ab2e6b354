/** The n-th damaged file of a format: the same for the same seed, on every machine. */
import fc from 'fast-check';
import { type Damage, damaged, damages } from './damage';
import type { Seed, SeedFile } from './seed';

interface Recipe {
  readonly seed: number;
  readonly before: readonly Damage[];
  readonly isRepaired: boolean;
  /** Behind the checksums or the compression. */
  readonly after: readonly Damage[];
}

const recipe: fc.Arbitrary<Recipe> = fc.record({
  seed: fc.integer({ min: 0, max: 999_999 }).map((n) => n / 1e6),
  before: damages(4),
  isRepaired: fc.boolean(),
  after: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: damages(2) }),
});

export interface Mutant {
  readonly recipe: Recipe;
  readonly seedName: string;
  readonly files: readonly SeedFile[];
}

export function mutant(seeds: readonly Seed[], seed: number, n: number): Mutant {
  const [drawn] = fc.sample(recipe, { seed: (seed * 1_000_003 + n) | 0, numRuns: 1 }) as [Recipe];
  const chosen = seeds[Math.floor(drawn.seed * seeds.length)]!;
  const [first, ...beside] = chosen.files;
  const target = { starts: chosen.starts, others: seeds.map(({ files }) => files[0].bytes) };
  const hurt = (bytes: Uint8Array, all: readonly Damage[]) =>
    all.reduce((whole, one) => damaged(whole, one, target), bytes);

  const { repair } = chosen;
  let { bytes } = first;
  if (repair && !drawn.isRepaired) bytes = hurt(repair(bytes), drawn.before);
  else if (repair) bytes = hurt(repair(hurt(bytes, drawn.before)), drawn.after);
  else bytes = hurt(bytes, drawn.before);
  return { recipe: drawn, seedName: chosen.name, files: [{ path: first.path, bytes }, ...beside] };
}
