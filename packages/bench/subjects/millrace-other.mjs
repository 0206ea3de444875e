// Another build of the core package, for a comparison side by side: `--other=/path/to/core/dist/index.js`.
import { pathToFileURL } from 'node:url';
import { createMillraceSubject } from './millrace-subject.mjs';

const { createOllama } = await import(pathToFileURL(process.env.MILLRACE_BENCH_OTHER).href);

export const createSubject = (url) => createMillraceSubject(createOllama({ baseUrl: url }));
