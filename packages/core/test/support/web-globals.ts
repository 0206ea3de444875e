const names = [
  'AbortController',
  'AbortSignal',
  'Blob',
  'DOMException',
  'Headers',
  'ReadableStream',
  'Response',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'btoa',
  'clearInterval',
  'clearTimeout',
  'performance',
  'setInterval',
  'setTimeout',
] as const;

/** What a script finds in any browser and nothing of Node; `fetch` asks for a page of `origin`. */
export function webGlobals(origin: string): object {
  const from = globalThis as unknown as Record<string, unknown>;
  return {
    ...Object.fromEntries(names.map((name) => [name, from[name]])),
    location: { origin },
    fetch: fetchFor(origin),
  };
}

// Node's own knows no CORS: what a page may not read becomes the error that a browser makes of it.
function fetchFor(origin: string): typeof fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('origin', origin);
    const response = await fetch(input, { ...init, headers });
    if (response.headers.get('access-control-allow-origin') !== origin) throw new TypeError('Failed to fetch');
    return response;
  };
}
