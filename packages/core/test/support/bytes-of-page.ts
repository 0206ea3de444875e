/** The bytes that the test page makes where a job asks for so many. */
export const bytesOfPage = (length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, place) => (place * 31 + (place >> 8)) % 256));
