// Goes through a Dockerfile without Docker: its stages are folders, and its commands run in them.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ignoredBy, instructionsOf } from './dockerfile.mjs';

/** What is not tried: it changes the machine, or asks for a user that only the image has. */
const leftOut = /apt-get|^chown /;

/**
 * Makes the stages of a Dockerfile in a folder.
 *
 * @param context Where `COPY` takes files from: those that git knows, or would take, without what `.dockerignore` leaves out.
 * @returns What the last stage is started with, and the folder that stands for its `/`.
 */
export function buildStages({ dockerfile, dockerignore, context, folder, say }) {
  const image = { folder, workdir: '/', environment: {}, health: [], entry: [], command: [] };
  const stages = new Map();
  const inImage = (path) => join(image.folder, path);

  const copyContext = (target) => {
    const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
    const { stdout } = spawnSync('git', args, { cwd: context, encoding: 'utf8' });
    const isIgnored = ignoredBy(dockerignore);
    for (const file of stdout.split('\0')) {
      if (file === '' || isIgnored(file)) continue;
      mkdirSync(dirname(join(target, file)), { recursive: true });
      cpSync(join(context, file), join(target, file));
    }
  };

  const steps = {
    FROM(text) {
      image.folder = join(folder, `stage-${stages.size}`);
      image.workdir = '/';
      mkdirSync(inImage('/usr/local/bin'), { recursive: true });
      stages.set(text.split(' AS ')[1] ?? '', image.folder);
    },
    WORKDIR(text) {
      image.workdir = text;
      mkdirSync(inImage(text), { recursive: true });
    },
    COPY(text) {
      const [, from, source, target] = /^(?:--from=(\S+) )?(\S+) (\S+)$/.exec(text);
      if (from) cpSync(join(stages.get(from), source), inImage(target), { recursive: true, verbatimSymlinks: true });
      else copyContext(inImage(image.workdir));
    },
    RUN(text) {
      const commands = text.includes('apt-get') ? [] : text.split(' && ').filter((command) => !leftOut.test(command));
      if (commands.length === 0) return say(`left out: RUN ${text}`);
      const command = commands.join(' && ').replaceAll(/(?<=[ =])\/(?=[a-z])/g, `${image.folder}/`);
      const { status } = spawnSync('sh', ['-c', command], { cwd: inImage(image.workdir), stdio: 'inherit' });
      if (status !== 0) throw new Error(`RUN ${text} ended with ${status}.`);
    },
    ENV(text) {
      const [name, value] = text.split('=');
      image.environment[name] = value;
    },
    HEALTHCHECK(text) {
      image.health = JSON.parse(text.slice(text.indexOf('CMD ') + 4));
    },
    ENTRYPOINT(text) {
      image.entry = JSON.parse(text);
    },
    CMD(text) {
      image.command = JSON.parse(text);
    },
    USER() {},
    VOLUME() {},
    EXPOSE() {},
  };

  for (const { name, text } of instructionsOf(dockerfile)) {
    say(`${name} ${text}`);
    steps[name](text);
  }
  return image;
}
