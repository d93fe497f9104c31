import { workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

// Run from the sources, a thread has to ask for TypeScript itself: tsx leaves threads alone when it is preloaded.
register()
await import(workerData.program)
