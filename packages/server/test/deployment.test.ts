import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { ignoredBy, instructionsOf } from '../../../deploy/dockerfile.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const page = read('docs/deployment.md');

describe('the Dockerfile', () => {
  const steps = instructionsOf(read('Dockerfile'));
  const textsOf = (wanted: string): string[] => steps.filter(({ name }) => name === wanted).map(({ text }) => text);

  test('installs and builds as the README says, with the pnpm of the repository', () => {
    const { packageManager, scripts } = JSON.parse(read('package.json'));
    expect(scripts.setup).toBe('node scripts/setup.mjs');
    expect(read('CONTRIBUTING.md')).toContain('npm run setup ');
    expect(textsOf('RUN')).toContain('npm run setup');
    expect(textsOf('RUN').join()).toContain(`npx --yes ${packageManager} `);
  });

  test('runs on the oldest Node that the packages take, as a user without rights', () => {
    const [, oldest] = />=(\d+)\./.exec(JSON.parse(read('package.json')).engines.node) ?? [];
    expect(new Set(textsOf('FROM').map((image) => image.split(' ')[0]))).toEqual(
      new Set([`node:${oldest}-bookworm-slim`]),
    );
    expect(textsOf('USER')).toEqual(['node']);
    expect(steps.findIndex(({ name }) => name === 'USER')).toBeLessThan(steps.findIndex(({ name }) => name === 'CMD'));
  });

  test('keeps workflows and journal in volumes, and starts the server on them', () => {
    const [volumes, command] = [...textsOf('VOLUME'), ...textsOf('CMD')].map((text) => JSON.parse(text));
    expect(volumes).toEqual(['/workflows', '/journal']);
    expect(command).toEqual(['serve', '/workflows', '--journal', '/journal', '--listen', '0.0.0.0']);
  });

  test('asks for its health at the port that it exposes', () => {
    const [port] = textsOf('EXPOSE');
    expect(textsOf('HEALTHCHECK').join()).toContain(`http://127.0.0.1:${port}/healthz`);
    expect(page).toContain(`--publish 127.0.0.1:${port}:${port}`);
  });

  test('links the program where it is', () => {
    const { bin, files } = JSON.parse(read('packages/cli/package.json'));
    expect(textsOf('RUN')).toContain(`ln -s ${join('/opt/millrace', bin.millrace)} /usr/local/bin/millrace`);
    expect(files).toContain(dirname(bin.millrace).replace(/^\.\//, ''));
  });
});

describe('.dockerignore', () => {
  const isIgnored = ignoredBy(read('.dockerignore'));
  const { stdout } = spawnSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  const files = stdout.split('\0').filter((file) => file !== '');

  test('keeps all that set-up and build read', () => {
    const needed = files.filter(
      (file) =>
        /^packages\/(?!bench)[a-z]+\/(src|bin|models|spec)\//.test(file) ||
        /^packages\/(?!bench)[a-z]+\/(package|tsconfig)\.json$/.test(file) ||
        /^scripts\//.test(file),
    );
    const atTop = [
      'package.json',
      'pnpm-lock.yaml',
      'pnpm-workspace.yaml',
      '.pnpmfile.cjs',
      'tsconfig.json',
      'tsconfig.base.json',
      'LICENSE',
    ];
    expect(needed.length).toBeGreaterThan(300);
    expect(atTop.filter((file) => !files.includes(file))).toEqual([]);
    expect([...needed, ...atTop].filter(isIgnored)).toEqual([]);
  });

  test('leaves out what is made, what is tested, and what nobody else is to see', () => {
    const made = [
      'node_modules/a',
      'packages/cli/node_modules/a',
      'packages/core/dist/index.js',
      'packages/cli/dist-bundle/program.js',
    ];
    const own = [
      '.git/config',
      '.millrace/journal.db',
      'workflows/.millrace/journal.db',
      'deploy/.env',
      '.env',
      'out/a.jsonl',
      'a.log',
    ];
    const others = ['docs/README.md', 'packages/server/test/surface.test.ts', 'packages/bench/bench.mjs'];
    expect([...made, ...own, ...others].filter((file) => !isIgnored(file))).toEqual([]);
  });
});

describe('the unit', () => {
  const text = read('deploy/millrace.service');
  const valueIn = (key: string): string | undefined => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1];

  test('starts the program of a checkout, on folders that the service owns', () => {
    const [node, script = '', ...args] = (valueIn('ExecStart') ?? '').split(' ');
    expect(node).toBe('/usr/bin/node');
    expect(existsSync(join(root, script.replace('/opt/millrace/', '')))).toBe(true);
    expect(args).toEqual(['serve', '/var/lib/millrace/workflows', '--journal', '/var/lib/millrace/journal']);
    const owned = (valueIn('StateDirectory') ?? '').split(' ').map((name) => `/var/lib/${name}`);
    expect(args.filter((arg) => arg.startsWith('/') && !owned.includes(arg))).toEqual([]);
  });

  test('keeps the service from all but its own folders', () => {
    const strict = {
      ProtectSystem: 'strict',
      ProtectHome: 'yes',
      NoNewPrivileges: 'yes',
      PrivateTmp: 'yes',
      CapabilityBoundingSet: '',
    };
    for (const [key, value] of Object.entries(strict)) expect([key, valueIn(key)]).toEqual([key, value]);
    expect(valueIn('User')).toBe('millrace');
    expect(page).toContain('useradd --system --home-dir /var/lib/millrace --shell /usr/sbin/nologin millrace');
  });

  test('tells only the server to stop, and waits for it longer than for an answer that is silent', () => {
    expect(valueIn('KillMode')).toBe('mixed');
    const [, minutes] = /^(\d+)min$/.exec(valueIn('TimeoutStopSec') ?? '') ?? [];
    expect(Number(minutes)).toBeGreaterThan(2); // limits.idle
  });

  test('is taken by systemd without a word, where that is here, and lets the service do little', () => {
    if (spawnSync('systemd-analyze', ['--version']).status !== 0) return expect(text).toMatch(/^\[Install\]$/m);
    const folder = mkdtempSync(join(tmpdir(), 'millrace-unit-'));
    try {
      const unit = join(folder, 'millrace.service');
      writeFileSync(unit, text.replace('/usr/bin/node', process.execPath).replaceAll('/opt/millrace/', root));
      const verified = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
      const own = verified.stderr.split('\n').filter((line) => line.includes('millrace'));
      expect([verified.status, own]).toEqual([0, []]);
      const args = ['security', '--offline=true', '--no-pager', '--threshold=20', unit];
      const { status, stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
      expect([status, stdout.split('\n').find((line) => line.includes('Overall'))]).toEqual([
        0,
        expect.stringContaining('OK'),
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the compose file', () => {
  const { parse } = createRequire(join(root, 'packages/schema/package.json'))('yaml') as {
    parse(text: string): Compose;
  };
  const { services, volumes } = parse(read('deploy/compose.yaml'));

  test('builds from the repository, with Ollama beside it that nobody else reaches', () => {
    expect(existsSync(join(root, 'deploy', services.millrace.build ?? '', 'Dockerfile'))).toBe(true);
    expect(services.millrace.environment?.OLLAMA_HOST).toBe('http://ollama:11434');
    expect(services.ollama.ports).toBeUndefined();
    expect(services.millrace.ports).toEqual(['127.0.0.1:7373:7373']);
  });

  test('does not start without a token', () => {
    expect(services.millrace.environment?.MILLRACE_TOKEN).toMatch(/^\$\{MILLRACE_TOKEN:\?/);
  });

  test('mounts what it declares', () => {
    const named = Object.values(services).flatMap(({ volumes: mounts }) =>
      mounts.map((mount) => mount.split(':')[0] as string),
    );
    expect(named.filter((name) => !name.startsWith('.')).sort()).toEqual(Object.keys(volumes).sort());
  });
});

test('docs/deployment.md names what is there', () => {
  for (const [, file = ''] of page.matchAll(/\]\(\.\.\/([^)]+)\)/g))
    expect([file, existsSync(join(root, file))]).toEqual([file, true]);
  expect(readdirSync(join(root, 'deploy'))).toEqual(expect.arrayContaining(['compose.yaml', 'millrace.service']));
});

interface Compose {
  readonly services: Readonly<Record<'millrace' | 'ollama', Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

interface Service {
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
}
