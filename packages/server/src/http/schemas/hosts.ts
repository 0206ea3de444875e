import { count, list, object, ref, type Schema, text } from './object.ts';

/** What is told of hosts and their models. */
export const hostSchemas = {
  LoadedModel: object({
    name: text('With its tag.'),
    size: count('Bytes in memory.'),
    size_vram: count('Bytes of them on the GPU.'),
    'context_length?': count('Tokens of one slot.'),
    expires_at: text('When it is unloaded if nobody asks it; may lie in the past during work.'),
  }),
  Host: object(
    {
      url: text('Its base URL, without names and passwords.'),
      'version?': text('Of its server.'),
      'installed?': count('Models that it has.'),
      'loaded?': list(ref('LoadedModel'), 'Models in memory.'),
      'error?': ref('Failure'),
    },
    { description: 'A server of models; one that does not answer has an `error` and nothing else.' },
  ),
  Model: object(
    {
      name: text('With its tag.'),
      digest: text('Of its weights and settings.'),
      size: count('Bytes on the disk.'),
      'family?': text('Such as gemma3.'),
      'parameter_size?': text('Such as 4.3B.'),
      'quantization?': text('Such as Q4_K_M.'),
      'capabilities?': list(text('Such as tools.'), 'As the server says.'),
      hosts: list(text('A base URL.'), 'That have it.'),
      loaded_on: list(text('A base URL.'), 'That have it in memory.'),
    },
    { description: 'A model; another digest of the same name is another model.' },
  ),
} satisfies Readonly<Record<string, Schema>>;
