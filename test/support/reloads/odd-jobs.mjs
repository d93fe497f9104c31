import { parentPort } from 'node:worker_threads'

/** A thread that does what a bad day may bring. */
parentPort.on('message', ({ id, job }) => {
  if (job === 'die') process.exit(3)
  if (job === 'throw') setTimeout(() => JSON.parse('{'), 0)
  else if (job === 'hang') for (;;);
  else if (job === 'swell') for (const all = []; ; ) all.push(new Array(1e6).fill({}))
  else if (job === 'fail') parentPort.postMessage({ id, failure: { message: 'no room', code: 'ENOSPC' } })
  else parentPort.postMessage({ id, result: job })
})
