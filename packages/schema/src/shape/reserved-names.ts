/** Names of steps and inputs. */
export const namePattern = '^[a-z][a-z0-9_]*$';

/** Whether an expression could read a step or an input of this name. */
export const isName = (name: string): boolean => new RegExp(namePattern).test(name);

/** Words of CEL that can be no name in it. */
export const celWords: ReadonlySet<string> = new Set(
  `true false null in as break const continue else for function if import let loop package namespace return var void while
   prototype`.split(/\s+/),
);

/** Words that stand for something else in expressions, now or in a later version, so that no step may have them as its name. */
export const reservedNames: ReadonlySet<string> = new Set([
  ...celWords,
  ...`row inputs secrets steps key item index items group previous run
   list map string int double bool bytes uint type dyn cel google optional null_type timestamp duration
   has all exists exists_one filter default json lines size constructor`.split(/\s+/),
]);

/** Words that cannot stand behind a dot: `inputs.in` is no CEL. */
export const unreadableFields: ReadonlySet<string> = new Set(['true', 'false', 'null', 'in']);
