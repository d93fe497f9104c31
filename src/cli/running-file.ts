/** In the data folder while the bot runs: where its page listens, as `{ url, pid }`. */
export const RUNNING_FILE = 'running.json'
