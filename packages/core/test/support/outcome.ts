import { OllamaError } from '@millrace/errors';
import { lastValueFrom, type Observable, toArray } from 'rxjs';

/** What an observable did. */
export interface Outcome<T> {
  readonly values: readonly T[];
  readonly error: OllamaError | undefined;
}

/** Runs an observable to its end; an error that is none of ours fails the test. */
export function outcomeOf<T>(source: Observable<T>): Promise<Outcome<T>> {
  return new Promise((resolve, reject) => {
    const values: T[] = [];
    source.subscribe({
      next: (value) => values.push(value),
      error: (error) => (error instanceof OllamaError ? resolve({ values, error }) : reject(error)),
      complete: () => resolve({ values, error: undefined }),
    });
  });
}

/** The error an observable ends with; a test fails where it completes. */
export async function errorOf(source: Observable<unknown>): Promise<OllamaError> {
  const { error } = await outcomeOf(source);
  if (error === undefined) throw new Error('It completed, though it should have failed.');
  return error;
}

export const valuesOf = <T>(source: Observable<T>): Promise<T[]> => lastValueFrom(source.pipe(toArray()));
