import { RequestError } from './request-error.ts';

/** Checks a list of images: plain padded base64. Returns how many there are. */
export function countImages(images: readonly unknown[]): number {
  for (const image of images) {
    if (typeof image !== 'string')
      throw new RequestError(400, 'json: cannot unmarshal image into Go value of type []uint8');
    const at = firstIllegalByte(image);
    if (at !== null) throw new RequestError(400, `illegal base64 data at input byte ${at}`);
  }
  return images.length;
}

function firstIllegalByte(text: string): number | null {
  const data = /^[A-Za-z0-9+/\r\n]*/.exec(text)?.[0].length ?? 0;
  const padding = /^=*[\r\n]*$/.test(text.slice(data));
  if (!padding) return data;
  return text.replace(/[\r\n]/g, '').length % 4 === 0 && text.length - data <= 2 ? null : text.length;
}
