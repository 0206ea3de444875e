import type { Findings } from './findings.ts';
import { nearest } from './suggest.ts';
import { textIn, type YamlMap } from './yaml-map.ts';

/** What people write, for suggestions; every label of the WHATWG's standard is taken. */
const common = [
  ...['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1', 'latin1', 'iso-8859-15', 'iso-8859-2', 'ascii'],
  ...['windows-1250', 'windows-1251', 'windows-1253', 'windows-1254', 'windows-1255', 'windows-1256', 'windows-1257'],
  ...['windows-1258', 'windows-874', 'koi8-r', 'koi8-u', 'ibm866', 'macintosh', 'shift_jis', 'euc-jp', 'iso-2022-jp'],
  ...['gbk', 'gb18030', 'gb2312', 'big5', 'euc-kr'],
];

/** What other tools call it. */
const otherNames: Readonly<Record<string, string>> = {
  'utf-8-sig': 'utf-8',
  'utf-8-bom': 'utf-8',
  'utf-16-le': 'utf-16le',
  'utf-16-be': 'utf-16be',
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  'mac-roman': 'macintosh',
};

/** The standard's own name of an encoding: `latin1` is `windows-1252`; undefined where there is none of that name. */
export function encodingNamed(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

/** Checks that the encoding of the rows is one, and that they are text. */
export function checkEncoding({ from, format, encoding }: YamlMap, findings: Findings): void {
  const label = textIn(encoding);
  if (label === undefined || label === '') return; // its shape was told before
  if (encodingNamed(label) === undefined) {
    findings.add(['each', 'encoding'], 'value', {
      code: 'VALUE_INVALID',
      message: `There is no encoding \`${label.length > 40 ? `${label.slice(0, 40)}…` : label}\`.`,
      hint: encodingHint(label.trim().toLowerCase()),
    });
  } else if (format === 'parquet' || (format === undefined && /\.parquet$/i.test(textIn(from) ?? ''))) {
    const message = '`encoding` says something of text, and a parquet file is none.';
    findings.add(['each', 'encoding'], 'key', { code: 'KEYS_CONFLICT', message, hint: 'Remove it.' });
  }
}

function encodingHint(label: string): string {
  const same = otherNames[label.replaceAll('_', '-')];
  if (same !== undefined) return `Write \`${same}\`.`;
  const near = nearest(label, common) ?? nearest(label.replace(/^cp-?/, 'windows-'), common);
  return near === undefined
    ? 'Encodings are named like `utf-8`, `utf-16le`, `windows-1252` or `shift_jis`.'
    : `Did you mean \`${near}\`?`;
}
