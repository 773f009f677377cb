/**
 * A set of job numbers, kept as runs: a hundred thousand videos that were added one after another take as little as one.
 * Never changes; what adds or takes away gives another set.
 */
export class Numbers {
  static readonly none = new Numbers([]);

  /** How many numbers there are. */
  readonly size: number;

  /** `bounds`: in turn the first number of a run and the one behind its last, each greater than the one before. */
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

  /** As they cross to the application: in turn how many numbers are passed over and how many are meant, from 0 on. */
  static read(runs: number[]): Numbers {
    let next = 0;
    return new Numbers(runs.map((count) => (next += count)));
  }

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

  /** What is in either. */
  with(other: Numbers): Numbers {
    return this.#sweep(other, (here, there) => here || there);
  }

  /** What is in this one alone. */
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
      // Inside a run behind every second bound; a run begins or ends where that changes what is wanted.
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
