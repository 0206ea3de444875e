/** The instructions of a Dockerfile, in order, with lines that go on put together. */
export function instructionsOf(dockerfile: string): readonly { readonly name: string; readonly text: string }[];

/** Whether a .dockerignore leaves a file out, by its path from the root with `/`. */
export function ignoredBy(dockerignore: string): (path: string) => boolean;
