const kinds = [
  { kind: 'status', status: 503 },
  { kind: 'reset', afterTokens: 3 },
  { kind: 'error-line', afterTokens: 3 },
];

/** Faults for so many in a hundred of the calls, each kind as often; a call that is made again is well. */
export function someFail(percent) {
  const failed = new Set();
  let calls = 0;
  return ({ path, body }) => {
    if (path !== '/api/generate' && path !== '/api/chat') return undefined;
    const identity = JSON.stringify(body);
    if (failed.has(identity)) return undefined;
    calls += 1;
    const count = Math.floor((calls * percent) / 100);
    if (count === Math.floor(((calls - 1) * percent) / 100)) return undefined;
    failed.add(identity);
    return kinds[count % kinds.length];
  };
}
