// From the call of addJob to the start of the job, one at a time, on a worker with nothing else to do: what
// graphile-worker's own latency test measures. Arguments: how many, and the pause between two in milliseconds. Prints
// the milliseconds of each.
//
// Without a local queue and without batches, which its documentation has for throughput at the cost of latency.
import { Logger, makeWorkerUtils, run } from "graphile-worker";

const count = Number(process.argv[2]);
const pauseMs = Number(process.argv[3]);
const warmUp = 50;
const worker = { connectionString: process.env.DATABASE_URL, concurrentJobs: 1 };
const logger = new Logger(() => () => {});
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let started;
const taskList = {
  start() {
    started(performance.now());
  },
};

const utils = await makeWorkerUtils({ preset: { worker: { ...worker, logger } } });
await utils.migrate();
const runner = await run({ preset: { worker: { ...worker, logger } }, taskList, noHandleSignals: true });
const milliseconds = [];
for (let i = 0; i < warmUp + count; i += 1) {
  const start = new Promise((resolve) => (started = resolve));
  const begin = performance.now();
  await utils.addJob("start", {});
  const took = (await start) - begin;
  if (i >= warmUp) milliseconds.push(took);
  await sleep(pauseMs);
}
await runner.stop();
await utils.release();
console.log(JSON.stringify({ milliseconds }));
process.exit(0);
