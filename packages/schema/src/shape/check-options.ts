import type { Findings } from '../findings.ts';
import type { YamlPath } from '../source/yaml-path.ts';
import { didYouMean } from '../suggest.ts';
import { mapIn } from '../yaml-map.ts';
import { ollamaOptions } from './ollama-options.ts';

/** Warns of options that Ollama would ignore in silence. */
export function checkOptions(options: unknown, path: YamlPath, findings: Findings): void {
  const map = mapIn(options) ?? {};
  for (const name of Object.keys(map)) {
    if (Object.hasOwn(ollamaOptions, name)) continue;
    if (name === 'max_tokens') {
      const ignored = 'num_predict' in map;
      findings.add([...path, name], 'key', {
        code: 'OPTION_RENAMED',
        severity: 'warning',
        message: ignored
          ? 'Ollama calls `max_tokens` `num_predict`, which stands here too and counts.'
          : 'Ollama calls `max_tokens` `num_predict`; it is sent as that.',
        hint: ignored ? 'Remove `max_tokens`.' : 'Write `num_predict`.',
      });
    } else {
      findings.add([...path, name], 'key', {
        code: 'OPTION_UNKNOWN',
        severity: 'warning',
        message: `Ollama does not know the option \`${name}\` and would ignore it.`,
        hint: didYouMean(name, Object.keys(ollamaOptions)),
      });
    }
  }
}
