import { createHash, timingSafeEqual } from 'node:crypto';

/** Tells whether an `Authorization` header has the token, in a time that does not tell how much of it is right. */
export function bearerCheck(token: string): (header: string | undefined) => boolean {
  const wanted = digestOf(token);
  return (header) => {
    const [, given] = /^Bearer +(\S+) *$/i.exec(header ?? '') ?? [];
    return given !== undefined && timingSafeEqual(digestOf(given), wanted);
  };
}

/** Of one length for all texts. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
