const here = (path) => new URL(path, import.meta.url).href;

/** The clients that are compared. The floor stands first: all others are divided by it, and its second run is the control. */
export const subjects = [
  { name: 'floor', file: here('./subjects/floor.mjs') },
  { name: 'floor again', file: here('./subjects/floor.mjs') },
  { name: 'millrace', file: here('./subjects/millrace.mjs') },
  { name: 'millrace answer()', file: here('./subjects/millrace-answer.mjs') },
  { name: 'rxjs by hand', file: here('./subjects/rxjs-prototype.mjs') },
  { name: 'millrace other', file: here('./subjects/millrace-other.mjs'), needs: 'other' },
  { name: 'ollama-js', file: here('./peers/node-20/ollama-js.mjs'), needs: 'node-20' },
  { name: 'LangChain', file: here('./peers/node-20/langchain.mjs'), needs: 'node-20' },
  { name: 'AI SDK', file: here('./peers/node-22/ai-sdk.mjs'), needs: 'node-22' },
];
