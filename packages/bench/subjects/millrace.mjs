import { createOllama } from '@millrace/core';
import { createMillraceSubject } from './millrace-subject.mjs';

export const createSubject = (url) => createMillraceSubject(createOllama({ baseUrl: url }));
