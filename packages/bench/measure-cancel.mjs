// A client process: measures how long after the cancel the server sees the socket closed, in milliseconds; null is never.
const { file, url, phase, times } = JSON.parse(process.argv[2]);
const givenUpMs = 1000;
const { start } = (await import(file)).createSubject(url);

// The first ones are not counted: they compile the code that is measured.
const warmUps = 3;
const latencies = [];
for (let run = 0; run < warmUps + times; run += 1) {
  const latency = await cancelOnce();
  if (run >= warmUps || latency === null) latencies.push(latency);
  if (latency === null) break; // a request that is still open would be taken for the next one
}
process.send({ latencies }, () => process.exit());

async function cancelOnce() {
  let cancel;
  const first = new Promise((resolve) => {
    cancel = start(phase, resolve);
  });
  await (await fetch(`${url}/cancel-seen`)).json(); // the request has reached the server
  if (phase === 'mid-stream') await Promise.race([first, after(50)]); // `answer()` shows no first message
  const cancelledAt = process.hrtime.bigint();
  cancel();
  const seen = await Promise.race([
    fetch(`${url}/cancel-seen`).then((response) => response.json()),
    after(givenUpMs).then(() => null),
  ]);
  return seen === null ? null : Number(BigInt(seen.closedAt) - cancelledAt) / 1e6;
}

function after(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
