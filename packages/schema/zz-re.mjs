import { RE2JS } from 're2js';

const t = (p, text) => {
  let s = performance.now();
  let r;
  try {
    const c = RE2JS.compile(RE2JS.translateRegExp(p));
    const a = performance.now() - s;
    s = performance.now();
    r = c.matcher(text).find();
    console.log(
      p.slice(0, 50).padEnd(50),
      p.length,
      'compile',
      a.toFixed(0),
      'match',
      (performance.now() - s).toFixed(0),
      'ms',
      text.length,
      r,
      c.programSize?.(),
    );
  } catch (e) {
    console.log(p.slice(0, 50), 'ERR', e.message.slice(0, 100), (performance.now() - s).toFixed(0));
  }
};
const a100 = `${'a'.repeat(10000)}!`;
for (const p of [
  '(.{30}){30}[bc]',
  '(a?){1000}[bc]',
  '[a-z]*'.repeat(400) + '[!?]x?[bc]',
  '(\\w+\\s?)+[bc]$',
  '(?:.?){1000}[bc]',
  '(?:(?:.?){10}[a-z]?){90}[bc]',
  '(?:[a-z]|\\d|.){1000}[^a!]',
  '(?:.?){1000}[bc]|(?:.?){1000}[de]'.repeat(2),
  '(?:.?){1000}[bc]|'.repeat(50) + 'x',
  '(?:.?){1000}[bc]|'.repeat(300) + 'x',
])
  t(p, a100);
