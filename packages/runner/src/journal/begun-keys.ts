/** Keys of rows, in the same memory however many they are: one that was not added is known as such, as a rule without a look at the journal. */
export interface BegunKeys {
  add(key: string): void;
  /** False: was not added. True: was, or is one of the few that look alike; 2 in 100 beside a million others. */
  mayHave(key: string): boolean;
}

/** A Bloom filter: a key sets four bits of these, and was not added where one of its bits is not set. 1 MiB. */
const bits = 2 ** 23;
const bitsOfKey = 4;

const { imul } = Math;

export function createBegunKeys(): BegunKeys {
  const words = new Uint32Array(bits / 32);
  return {
    add: (key) => {
      const [start, step] = hashesOf(key);
      for (let turn = 0, bit = start; turn < bitsOfKey; turn++, bit += step) {
        const place = bit & (bits - 1);
        words[place >>> 5] = (words[place >>> 5] as number) | (1 << (place & 31));
      }
    },
    mayHave: (key) => {
      const [start, step] = hashesOf(key);
      for (let turn = 0, bit = start; turn < bitsOfKey; turn++, bit += step) {
        const place = bit & (bits - 1);
        if (((words[place >>> 5] as number) & (1 << (place & 31))) === 0) return false;
      }
      return true;
    },
  };
}

/** FNV-1a, and the same with another multiplier; the second is odd, so that its multiples reach every bit. */
function hashesOf(key: string): readonly [number, number] {
  let first = 0x811c9dc5;
  let second = 0x01000193;
  for (let index = 0; index < key.length; index++) {
    const code = key.charCodeAt(index);
    first = imul(first ^ code, 0x01000193);
    second = imul(second ^ code, 0x5bd1e995);
  }
  // The low bits of such a product know little of the key's high ones.
  return [first ^ (first >>> 15), (second ^ (second >>> 13)) | 1];
}
