/** Larger than any workflow written by people; what is larger is a data file named by mistake. */
const maxBytes = 256 * 1024;

/** The text of a file; or why it has none, and the part before the place where that shows. */
export type ReadText =
  | { readonly text: string }
  | { readonly upTo: string; readonly message: string; readonly hint: string };

const isText = 'A workflow is a YAML file in UTF-8.';

/** Decodes the bytes of a file as UTF-8, without a byte order mark. */
export function readText(bytes: Uint8Array): ReadText {
  if (bytes.length > maxBytes) {
    const message = `The file has ${bytes.length} bytes, and a workflow has at most ${maxBytes}.`;
    return { upTo: '', message, hint: 'Is this the file with the rows? The workflow names it in `each.from`.' };
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return { upTo: '', message: 'The file is UTF-16 text.', hint: 'Save it as UTF-8.' };
  }
  if (bytes.includes(0)) return { upTo: '', message: 'The file is no text: it holds a zero byte.', hint: isText };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const upTo = validPrefix(bytes);
    return { upTo, message: 'The file is not UTF-8 from here on.', hint: 'Save it as UTF-8.' };
  }
}

/** The text before the first byte that is not UTF-8. */
function validPrefix(bytes: Uint8Array): string {
  let low = 0;
  let high = bytes.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (isPrefix(bytes.subarray(0, middle))) low = middle;
    else high = middle;
  }
  return new TextDecoder().decode(bytes.subarray(0, low), { stream: true });
}

function isPrefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
