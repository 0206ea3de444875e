import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createContext, Script } from 'node:vm';
import { chromium } from 'playwright-core';
import type { Job, JobResult, PageFunctions } from '../browser/page.ts';
import { bundlePage } from './bundle-page.ts';
import { chromiumPath } from './chromium-path.ts';
import { webGlobals } from './web-globals.ts';

/** A page that makes calls. */
export interface TestPage {
  readonly origin: string;
  run(job: Job): Promise<JobResult>;
  start(name: string, job: Job): Promise<void>;
  stop(name: string): Promise<void>;
  closeClient(name: string): Promise<void>;
  resultOf(name: string): Promise<JobResult>;
  close(): Promise<void>;
}

/** Where the script of the page can run here: in Chromium where there is one, and in what any browser has in any case. */
export const places: readonly (readonly [name: string, open: () => Promise<TestPage>])[] = [
  ...(chromiumPath() === undefined ? [] : [['Chromium', openInChromium] as const]),
  ['a context of web globals', openInContext],
];

const flags =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

async function openInChromium(): Promise<TestPage> {
  const { code } = await bundlePage();
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? code : '<!doctype html><title>test</title><script src="/page.js"></script>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Its profile is a new folder, which goes away with it.
  const browser = await chromium.launch({ executablePath: chromiumPath() as string, args: flags.split(' ') });
  const page = await browser.newPage();
  await page.goto(origin);
  const call = (name: keyof PageFunctions, ...args: unknown[]): Promise<unknown> =>
    page.evaluate(([name, args]) => (globalThis as unknown as Page).page[name](...args), [name, args] as [
      keyof PageFunctions,
      unknown[],
    ]);
  const close = async (): Promise<void> => {
    await browser.close();
    server.close();
    server.closeAllConnections();
  };
  return testPage(origin, call, close);
}

async function openInContext(): Promise<TestPage> {
  const origin = 'http://127.0.0.1:1';
  const context = createContext(webGlobals(origin));
  new Script((await bundlePage()).code).runInContext(context);
  const { page } = context as unknown as Page;
  return testPage(
    origin,
    async (name, ...args) => page[name](...args),
    async () => {},
  );
}

/** What the script leaves behind; its arguments and results go through JSON. */
interface Page {
  readonly page: Record<keyof PageFunctions, (...args: unknown[]) => unknown>;
}

type Call = (name: keyof PageFunctions, ...args: unknown[]) => Promise<unknown>;

function testPage(origin: string, call: Call, close: () => Promise<void>): TestPage {
  const resultOf = async (json: Promise<unknown>): Promise<JobResult> => JSON.parse((await json) as string);
  return {
    origin,
    close,
    run: (job) => resultOf(call('run', job)),
    resultOf: (name) => resultOf(call('resultOf', name)),
    start: async (name, job) => void (await call('start', name, job)),
    stop: async (name) => void (await call('stop', name)),
    closeClient: async (name) => void (await call('closeClient', name)),
  };
}
