/** Whether a command has to be known in full. */
export type IsAsked = (name: string) => boolean;

/** All of them. */
export const askForAll: IsAsked = () => true;

/**
 * Those that the words of a command line may call, or all where they ask for help: of the others a name and a description will do, since to put
 * together all flags of all commands takes longer than to start most of them.
 */
export function askedBy(words: readonly string[]): IsAsked {
  const isForAll = words.length === 0 || words.some((word) => word === 'help' || word === '-h' || word === '--help');
  return (name) => isForAll || words.includes(name);
}
