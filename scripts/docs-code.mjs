// Checks the code blocks of every README and docs page: TypeScript is type-checked, workflows are validated, JSON is parsed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadWorkflow } from '../packages/runner/dist/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));
// In the root, so that the packages resolve; below workflows, so that the examples find their data.
const tsFolder = join(root, 'node_modules', '.cache', 'docs-code');
const yamlFolder = join(root, 'workflows');
let failed = 0;

const blocks = pages().flatMap(blocksOf);
checkTypeScript(blocks.filter(({ language }) => language === 'ts'));
for (const block of blocks.filter(({ language }) => language === 'yaml')) await checkWorkflow(block);
for (const block of blocks.filter(({ language }) => language === 'json')) checkJson(block);
console.error(`${blocks.length} code blocks, ${failed} of them wrong`);
if (failed > 0) process.exitCode = 1;

function pages() {
  const docs = readdirSync(join(root, 'docs'), { recursive: true }).map((file) => join('docs', file));
  const readmes = readdirSync(join(root, 'packages')).map((name) => join('packages', name, 'README.md'));
  return ['README.md', 'CONTRIBUTING.md', ...docs, ...readmes].filter(
    (file) => file.endsWith('.md') && exists(file) && !file.includes('decisions'),
  );
}

function exists(file) {
  try {
    return readFileSync(join(root, file)).length > 0;
  } catch {
    return false;
  }
}

/** The fenced blocks of a page; ` ```yaml fragment` marks what is not whole. */
function blocksOf(file) {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^```(\w+)( fragment)?\n(.*?)^```/gms)]
    .filter(([, , fragment]) => fragment === undefined)
    .map(([, language, , code], index) => ({
      file,
      language: language === 'typescript' ? 'ts' : language === 'yml' ? 'yaml' : language,
      code,
      index,
    }));
}

function complain(block, message) {
  failed++;
  console.error(`${block.file}, ${block.language} block ${block.index + 1}: ${message}\n${block.code}`);
}

function checkTypeScript(tsBlocks) {
  if (tsBlocks.length === 0) return;
  rmSync(tsFolder, { recursive: true, force: true });
  mkdirSync(tsFolder, { recursive: true });
  tsBlocks.forEach(({ code, file }, index) => {
    writeFileSync(join(tsFolder, `block-${index}.ts`), `// ${file}\nexport {};\n${code}`);
  });
  const config = {
    extends: '../../../tsconfig.base.json',
    compilerOptions: { noEmit: true, composite: false, declaration: false, declarationMap: false, types: ['node'] },
    include: ['*.ts'],
    exclude: [],
  };
  writeFileSync(join(tsFolder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', tsFolder], { encoding: 'utf8', cwd: root });
  if (status !== 0) {
    failed++;
    const pageOf = (index) => tsBlocks[Number(index)]?.file ?? '?';
    console.error(stdout.replaceAll(/\S*block-(\d+)\.ts/g, (_, index) => `${pageOf(index)}, block ${index}`));
  }
  rmSync(tsFolder, { recursive: true, force: true });
}

async function checkWorkflow(block) {
  const file = join(yamlFolder, `docs-block-${process.pid}.yaml`);
  writeFileSync(file, block.code);
  try {
    const { diagnostics } = await loadWorkflow(file, { allowHosts: true });
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    if (errors.length > 0)
      complain(block, errors.map(({ line, message, hint }) => `line ${line}: ${message} ${hint}`).join('\n'));
  } finally {
    rmSync(file);
  }
}

function checkJson(block) {
  try {
    JSON.parse(block.code);
  } catch (error) {
    complain(block, error.message);
  }
}
