import type { ServerResponse } from 'node:http';

/** Header names and values. */
export type Headers = Readonly<Record<string, string>>;

/** The bytes of one answer on their way out. */
export interface Wire {
  /** Called once, before the first write. */
  head(status: number, headers: Headers): void;
  write(text: string): void;
  end(text: string): void;
}

/** Sends an answer as a healthy server does. */
export function directWire(response: ServerResponse): Wire {
  return {
    head: (status, headers) => void response.writeHead(status, headers),
    write: (text) => void response.write(text),
    end: (text) => void response.end(text),
  };
}
