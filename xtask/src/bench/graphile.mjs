// The peer of `cargo xtask bench queue`: graphile-worker on jobs that do nothing. Prints jobs a second.
import { makeWorkerUtils, run } from "graphile-worker";

const [connectionString, jobs, local] = process.argv.slice(2);
const count = Number(jobs);
const utils = await makeWorkerUtils({ connectionString });
await utils.migrate();
await utils.withPgClient((client) =>
  client.query("SELECT graphile_worker.add_job('nothing', json_build_object('n', n)) FROM generate_series(1, $1::int) AS n", [count]),
);
await utils.release();

let done = 0;
let finished;
const all = new Promise((resolve) => (finished = resolve));
const worker = Number(local) > 0 ? { localQueue: { size: Number(local) }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } : {};
const begun = process.hrtime.bigint();
const runner = await run({
  connectionString,
  concurrency: 24,
  noHandleSignals: true,
  pollInterval: 50,
  preset: { worker: { concurrentJobs: 24, maxPoolSize: 25, ...worker } },
  logger: undefined,
  taskList: {
    nothing: async () => {
      done += 1;
      if (done === count) finished();
    },
  },
});
await all;
// Done is what the database says is done.
await runner.stop();
console.log(String(count / (Number(process.hrtime.bigint() - begun) / 1e9)));
process.exit(0);
