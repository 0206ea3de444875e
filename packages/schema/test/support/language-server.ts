import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(
  new URL('../../../../node_modules/yaml-language-server/bin/yaml-language-server', import.meta.url),
);

/** What an editor marks in a file. */
export interface Mark {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

/** The server that editors check YAML with, talked to as an editor does. */
export interface LanguageServer {
  /** The marks of a text, once the server has looked at it. */
  marks(uri: string, text: string): Promise<readonly Mark[]>;
  /** The words offered at a place of an opened text, counted from 0. */
  completions(uri: string, line: number, character: number): Promise<readonly string[]>;
  /** What is told of a place. */
  hover(uri: string, line: number, character: number): Promise<string>;
  close(): Promise<void>;
}

type Message = { readonly id?: number; readonly method?: string; readonly params?: unknown; readonly result?: unknown };

/** Starts the server. */
export async function startLanguageServer(): Promise<LanguageServer> {
  const server = spawn(process.execPath, [command, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = new Map<number, (result: unknown) => void>();
  const marks = new Map<string, (marks: readonly Mark[]) => void>();
  let lastId = 0;

  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const request = (method: string, params: unknown): Promise<unknown> =>
    new Promise((resolve) => {
      answers.set(++lastId, resolve);
      send({ id: lastId, method, params });
    });

  const receive = ({ id, method, params, result }: Message): void => {
    if (method === undefined) {
      if (id !== undefined) answers.get(id)?.(result);
    } else if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as { readonly uri: string; readonly diagnostics: readonly Mark[] };
      marks.get(uri)?.(diagnostics);
    } else if (id !== undefined) {
      // The server asks for its settings, one for each section.
      const { items = [] } = (params ?? {}) as { readonly items?: readonly { readonly section: string }[] };
      send({
        id,
        result: method === 'workspace/configuration' ? items.map(({ section }) => settings[section] ?? {}) : null,
      });
    }
  };
  server.stdout.on('data', createReader(receive));

  await request('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: { workspace: { configuration: true }, textDocument: { publishDiagnostics: {} } },
  });
  send({ method: 'initialized', params: {} });

  return {
    marks: (uri, text) =>
      new Promise((resolve) => {
        marks.set(uri, resolve);
        send({
          method: 'textDocument/didOpen',
          params: { textDocument: { uri, languageId: 'yaml', version: 1, text } },
        });
      }),
    completions: async (uri, line, character) => {
      const params = { textDocument: { uri }, position: { line, character } };
      const list = (await request('textDocument/completion', params)) as {
        readonly items: readonly { label: string }[];
      };
      return list.items.map(({ label }) => label);
    },
    hover: async (uri, line, character) => {
      const params = { textDocument: { uri }, position: { line, character } };
      const found = (await request('textDocument/hover', params)) as { readonly contents: { value: string } } | null;
      return found?.contents.value ?? '';
    },
    close: async () => {
      await request('shutdown', null);
      const closed = once(server, 'close');
      send({ method: 'exit' });
      await closed;
    },
  };
}

const settings: Readonly<Record<string, unknown>> = {
  // The server would fetch the list of all published schemas.
  yaml: { validate: true, completion: true, hover: true, schemaStore: { enable: false } },
};

/** Cuts a stream of bytes into messages: a length, an empty line, so many bytes. */
function createReader(receive: (message: Message) => void): (chunk: Buffer) => void {
  let buffer: Buffer = Buffer.alloc(0);
  return (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const end = buffer.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(buffer.subarray(0, Math.max(end, 0)).toString())?.[1]);
      if (end < 0 || buffer.length < end + 4 + length) return;
      const body = buffer.subarray(end + 4, end + 4 + length).toString();
      buffer = buffer.subarray(end + 4 + length);
      receive(JSON.parse(body) as Message);
    }
  };
}
