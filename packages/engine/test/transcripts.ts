import { readFileSync } from 'node:fs';
import type { Json } from './ask.ts';

/** A request to a real server and its answer; see packages/testing/transcripts/README.md. */
export interface Transcript {
  readonly request: { method: string; path: string; headers?: Record<string, string>; body?: Json; rawBody?: string };
  readonly response: { status: number; headers: Record<string, string>; lines: string[]; finalNewline: boolean };
}

const folder = new URL('../../testing/transcripts/v0.32.15/', import.meta.url);

/** Reads a recording, with the name of our model in the place of theirs. */
export function transcript(name: string): Transcript {
  const text = readFileSync(new URL(`${name}.json`, folder), 'utf8');
  return JSON.parse(
    text
      .replaceAll('registry.example/library/gemma3:270m', 'registry.ollama.ai/library/millrace-micro:latest')
      .replaceAll('gemma3:270m', 'millrace-micro'),
  );
}
