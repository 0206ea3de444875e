/** The values that an expression reads, as it is given them. */
type Values = Readonly<Record<string, unknown>>;

/**
 * Picks what an expression reads out of all there is to read, made fit for cel-js.
 *
 * @param names The names that it reads.
 * @param readsSteps Whether it reads what is known of the steps. That grows while a row runs; each step's own part stays the same.
 */
export function createContext(
  names: readonly string[],
  readsSteps: boolean,
  celValue: (value: unknown) => unknown,
): (values: Values) => Values {
  return (values) => {
    const context: Record<string, unknown> = {};
    for (const name of names) if (name in values) context[name] = celValue(values[name]);
    if (readsSteps) context.steps = stepsIn(values.steps as Values | undefined, celValue);
    return context;
  };
}

const stepsIn = (steps: Values = {}, celValue: (value: unknown) => unknown): Values =>
  Object.fromEntries(Object.entries(steps).map(([id, facts]) => [id, celValue(facts)]));
