import type { Usage } from '@millrace/core';

/** What several calls took together; undefined where none asked a model. */
export function sumUsage(a: Usage | undefined, b: Usage | undefined): Usage | undefined {
  if (!a || !b) return a ?? b;
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    totalMs: a.totalMs + b.totalMs,
    loadMs: a.loadMs + b.loadMs,
    promptMs: a.promptMs + b.promptMs,
    outputMs: a.outputMs + b.outputMs,
  };
}
