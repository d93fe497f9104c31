import { Top } from './app.js'
import { Empty } from './parts.js'
import { html } from './vendor/preact.js'
/** @param {any} props */
export default ({ name, head }) =>
  html`<main class="view"><${Top} name=${name} head=${head} /><${Empty} title="还在做" /></main>`
