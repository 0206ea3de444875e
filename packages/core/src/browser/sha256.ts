/** A hash that is fed piece by piece. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** Ends the hash; nothing may be fed after it. */
  hexDigest(): string;
}

const blockBytes = 64;

/**
 * Creates a SHA-256. The browser's own takes all bytes at once, which a model file is too large for, and is there on
 * pages of https and this machine only.
 *
 * @see https://doi.org/10.6028/NIST.FIPS.180-4
 */
export function createSha256(): Sha256 {
  const state = Uint32Array.from(initial);
  const block = new Uint8Array(blockBytes);
  let filled = 0;
  let total = 0;
  const update = (bytes: Uint8Array): void => {
    total += bytes.length;
    let at = 0;
    if (filled > 0) {
      at = Math.min(blockBytes - filled, bytes.length);
      block.set(bytes.subarray(0, at), filled);
      filled += at;
      if (filled < blockBytes) return;
      compress(state, block, 0);
    }
    for (; at + blockBytes <= bytes.length; at += blockBytes) compress(state, bytes, at);
    block.set(bytes.subarray(at));
    filled = bytes.length - at;
  };
  return {
    update,
    hexDigest: () => {
      const bits = total * 8;
      const end = new Uint8Array((filled < 56 ? 56 : 120) - filled + 8);
      end[0] = 0x80;
      const view = new DataView(end.buffer);
      view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32));
      view.setUint32(end.length - 4, bits >>> 0);
      update(end);
      return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('');
    },
  };
}

// The first 32 bits of the fractional parts of the roots of the first primes.
const fraction = (root: number): number => ((root % 1) * 2 ** 32) | 0;
const primes = firstPrimes(64);
const initial: readonly number[] = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)) >>> 0);
const constants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const words = new Int32Array(64);

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let number = 2; found.length < count; number += 1) {
    if (found.every((prime) => number % prime !== 0)) found.push(number);
  }
  return found;
}

function compress(state: Uint32Array, bytes: Uint8Array, start: number): void {
  schedule(bytes, start);
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let round = 0; round < 64; round += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + s1 + ((e & f) ^ (~e & g)) + (constants[round] as number) + (words[round] as number)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] = ((state[index] as number) + word) | 0;
  });
}

function schedule(bytes: Uint8Array, start: number): void {
  for (let index = 0; index < 16; index += 1) {
    const at = start + index * 4;
    words[index] =
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number);
  }
  for (let index = 16; index < 64; index += 1) {
    const x = words[index - 15] as number;
    const y = words[index - 2] as number;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[index] = ((words[index - 16] as number) + s0 + (words[index - 7] as number) + s1) | 0;
  }
}
