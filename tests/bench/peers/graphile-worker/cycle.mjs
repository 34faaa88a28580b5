// The recurring cycle as a user of graphile-worker writes it: a job ends by writing its history row and the
// integration's summary, and adds its own next run, in one statement. Runs them for the seconds of the first argument
// and prints how many a second.
//
// Settings as its documentation has them for throughput (https://worker.graphile.org/docs/performance): 24 jobs at
// once, a local queue of 500, completions in batches.
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import { readFileSync } from "node:fs";

const seconds = Number(process.argv[2]);
const warmUpSeconds = 2;
const worker = {
  connectionString: process.env.DATABASE_URL,
  concurrentJobs: 24,
  maxPoolSize: 25,
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
};
const logger = new Logger(() => () => {}); // as quiet as ours is

const cycleSql = `
WITH history AS (
  INSERT INTO syncline.sync_history
    (log_id, created_at, run_id, integration_id, tenant_id, attempt, trigger, status, epoch, closing_fence, started_at,
     ended_at, duration_ms, fetched, created, updated, unchanged, deleted, rejected, pages, takeovers,
     rejected_reasons, executor)
  VALUES ($2, clock_timestamp(), $2, $1, '', 1, 'SCHEDULE', 'SUCCESS', 1, $2, clock_timestamp(), clock_timestamp(),
          0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', 'graphile-worker')
), summary AS (
  UPDATE syncline.integrations
  SET next_sync_at = clock_timestamp(), last_log_id = $2, last_run_id = $2, last_status = 'SUCCESS',
      last_started_at = clock_timestamp(), last_ended_at = clock_timestamp(), last_duration_ms = 0,
      last_counts = '{0,0,0,0,0,0,0,0}', last_success_at = clock_timestamp(), status = 'HEALTHY', epoch = epoch + 1
  WHERE id = $1
)
SELECT graphile_worker.add_job('cycle', json_build_object('id', $1::uuid))`;

// A UUIDv7, which the history's indexes like better than a random one.
function newId() {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}

let cycles = 0;
let stopping = false;
const taskList = {
  async cycle({ id }, helpers) {
    if (stopping) return;
    await helpers.query({ name: "cycle", text: cycleSql, values: [id, newId()] });
    cycles += 1;
  },
};

const utils = await makeWorkerUtils({ preset: { worker: { ...worker, logger } } });
await utils.migrate();
await utils.withPgClient((client) =>
  client.query(`SELECT graphile_worker.add_jobs(array_agg(json_populate_record(NULL::graphile_worker.job_spec,
    json_build_object('identifier', 'cycle', 'payload', json_build_object('id', id))))) FROM syncline.integrations`),
);
await utils.release();

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const runner = await run({ preset: { worker: { ...worker, logger } }, taskList, noHandleSignals: true });
await sleep(warmUpSeconds * 1000);
const before = cycles;
const begin = performance.now();
await sleep(seconds * 1000);
const rate = ((cycles - before) * 1000) / (performance.now() - begin);
stopping = true;
await runner.stop();
const { version } = JSON.parse(readFileSync(new URL("node_modules/graphile-worker/package.json", import.meta.url)));
console.log(
  JSON.stringify({
    cyclesPerSecond: rate,
    cycles,
    settings: `${version}, Node.js ${process.version}: concurrentJobs 24, maxPoolSize 25, localQueue.size 500, completeJobBatchDelay 0, failJobBatchDelay 0, one process, quiet`,
  }),
);
process.exit(0);
