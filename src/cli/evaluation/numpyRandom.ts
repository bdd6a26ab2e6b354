/** As much of NumPy's random numbers as the bootstrap needs, so that both languages draw the same patients. */

/** Of `numpy.random.default_rng(1)`: `numpy.random.PCG64(1).state`. */
const startOfSeed1 = { state: 0x9c5b484bfedb756c2a6e7d6f320fbc7en, increment: 0x922af2da2645f895a19857b95740937bn };
/** O'Neill, PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms, 2014; PCG_DEFAULT_MULTIPLIER_128. */
const multiplier = 0x2360ed051fc65da44385df649fccf645n;
const mask128 = (1n << 128n) - 1n;
const mask64 = (1n << 64n) - 1n;

/** `Generator.random()` of seed 1, number after number: PCG XSL RR 128/64, its upper 53 bits. */
export function seededNumbers(): () => number {
  let { state } = startOfSeed1;
  return () => {
    state = (state * multiplier + startOfSeed1.increment) & mask128;
    const folded = (state >> 64n) ^ (state & mask64);
    const turn = state >> 122n;
    const turned = ((folded >> turn) | (folded << (64n - turn))) & mask64;
    return Number(turned >> 11n) / 2 ** 53;
  };
}

/**
 * `Generator.multinomial(n, [1 / n, …])`: how often each of n is taken in n draws. One binomial draw after another, each
 * by inversion, as `random_multinomial` and `random_binomial_inversion` of NumPy's `distributions.c` do while n · p ≤ 30;
 * here n · p starts at 1 and stays near it.
 */
export function multinomial(random: () => number, n: number): Uint16Array {
  const taken = new Uint16Array(n);
  const share = 1 / n;
  let left = n;
  let probabilityLeft = 1;
  for (let i = 0; i < n - 1 && left > 0; i++) {
    taken[i] = binomial(random, left, share / probabilityLeft);
    left -= taken[i]!;
    probabilityLeft -= share;
  }
  if (left > 0) taken[n - 1] = left;
  return taken;
}

function binomial(random: () => number, n: number, p: number): number {
  if (n === 0 || p === 0) return 0;
  return p <= 0.5 ? inversion(random, n, p) : n - inversion(random, n, 1 - p);
}

function inversion(random: () => number, n: number, p: number): number {
  const q = 1 - p;
  const none = Math.exp(n * Math.log1p(-p));
  const bound = Math.floor(Math.min(n, n * p + 10 * Math.sqrt(n * p * q + 1)));
  let count = 0;
  let probability = none;
  let u = random();
  while (u > probability) {
    count++;
    if (count > bound) {
      count = 0;
      probability = none;
      u = random();
    } else {
      u -= probability;
      probability = ((n - count + 1) * p * probability) / (count * q);
    }
  }
  return count;
}
