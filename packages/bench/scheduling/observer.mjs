/** A clock that all processes of a machine share, in milliseconds. */
export const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

const isCall = ({ path, body }) =>
  (path === '/api/generate' && Boolean(body?.prompt)) || (path === '/api/chat' && Boolean(body?.messages?.length));

const isOfModel = ({ path }) => path === '/api/generate' || path === '/api/chat' || path === '/api/embed';

/**
 * Takes down what a server sees: when the first request came and each call ended, and `peaks`, the most calls in flight between two ends.
 * A request without a prompt, which only loads a model, is none of the calls.
 */
export function createObserver() {
  const ends = [];
  const peaks = [0];
  const waiting = new Set();
  let firstAt;
  let inFlight = 0;
  let busy = 0;
  let cut = 0;

  function ended(request) {
    if (request.status === 503) busy += 1;
    if (request.tokensCut > 0) cut += 1;
    ends.push(nowMs());
    peaks.push(inFlight);
    for (const one of waiting) {
      if (ends.length < one.count) continue;
      waiting.delete(one);
      one.reached();
    }
  }

  return {
    note(request, event) {
      if (event === 'arrived' && isOfModel(request)) firstAt ??= nowMs();
      if (!isCall(request)) return;
      if (event === 'arrived') {
        inFlight += 1;
        peaks[ends.length] = Math.max(peaks[ends.length], inFlight);
      } else if (event === 'ended' || event === 'aborted') {
        inFlight -= 1;
        if (event === 'ended') ended(request);
      }
    },
    /** Calls back when so many calls have ended. */
    until: (count, reached) => (ends.length >= count ? reached() : waiting.add({ count, reached })),
    seen: () => ({ firstAt, ends, peaks, busy, cut }),
  };
}
