/** So many failures are looked at for the causes of a run: more would take longer to read than anybody wants to wait for an answer. */
export const maxFailures = 1_000;
