/**
 * An immutable set of job ids, stored as runs: a hundred thousand consecutive ids take as little space as one.
 */
export class Numbers {
  static readonly none = new Numbers([]);

  /** Number of ids in the set. */
  readonly size: number;

  /** `bounds`: for each run its first number and its end (exclusive), strictly increasing. */
  private constructor(private readonly bounds: number[]) {
    this.size = bounds.reduce((sum, bound, n) => (n % 2 === 0 ? sum - bound : sum + bound), 0);
  }

  static of(numbers: Iterable<number>): Numbers {
    const bounds: number[] = [];
    for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
      if (bounds.at(-1) === number) bounds[bounds.length - 1] = number + 1;
      else bounds.push(number, number + 1);
    }
    return new Numbers(bounds);
  }

  /** Parses the form exchanged with the application: alternating counts of absent and present numbers, from 0 on. */
  static read(runs: number[]): Numbers {
    let next = 0;
    return new Numbers(runs.map((count) => (next += count)));
  }

  /** The inverse of `read`. */
  runs(): number[] {
    return this.bounds.map((bound, n) => bound - (this.bounds[n - 1] ?? 0));
  }

  has(number: number): boolean {
    let [low, high] = [0, this.bounds.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.bounds[middle] as number) <= number) low = middle + 1;
      else high = middle;
    }
    return low % 2 === 1;
  }

  /** Returns the union. */
  with(other: Numbers): Numbers {
    return this.#sweep(other, (here, there) => here || there);
  }

  /** Returns the difference: the numbers of this set that are not in `other`. */
  without(other: Numbers): Numbers {
    return this.#sweep(other, (here, there) => here && !there);
  }

  #sweep(other: Numbers, wanted: (here: boolean, there: boolean) => boolean): Numbers {
    const [a, b] = [this.bounds, other.bounds];
    const bounds: number[] = [];
    for (let [i, j] = [0, 0]; i < a.length || j < b.length; ) {
      const at = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
      if (a[i] === at) i += 1;
      if (b[j] === at) j += 1;
      // An odd index is inside a run. A bound is needed where membership in the new set changes.
      if (wanted(i % 2 === 1, j % 2 === 1) !== (bounds.length % 2 === 1)) bounds.push(at);
    }
    return new Numbers(bounds);
  }

  *[Symbol.iterator](): Generator<number> {
    for (let n = 0; n < this.bounds.length; n += 2) {
      for (let number = this.bounds[n] as number; number < (this.bounds[n + 1] as number); number += 1) yield number;
    }
  }
}
