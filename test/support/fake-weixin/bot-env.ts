import { fileURLToPath } from 'node:url'

const PRELOAD = fileURLToPath(new URL('./preload.cjs', import.meta.url))
const WECHAT_DOMAINS = '.qq.com,.wechat.com,.weixin.com'
/** What the test runner sets for itself; a bot must not believe to be under test. */
const OF_TEST_RUNNER = /^(VITEST.*|NODE_ENV|TEST|DEV|PROD|SSR|MODE|BASE_URL)$/

interface StandIn {
  readonly port: number
  readonly caPath: string
}

/**
 * Environment for a process that takes the stand-in for WeChat: this process's own, without the test runner's part.
 *
 * @param extra wins over everything else
 */
export function botEnvironment({ port, caPath }: StandIn, extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !OF_TEST_RUNNER.test(name))
  const env: NodeJS.ProcessEnv = Object.fromEntries(inherited)
  return {
    ...env,
    NODE_OPTIONS: join([env.NODE_OPTIONS, `--require ${JSON.stringify(PRELOAD)}`], ' '),
    NODE_EXTRA_CA_CERTS: caPath,
    // A proxy would be asked for the WeChat hosts before the preload could redirect them.
    NO_PROXY: join([env.NO_PROXY, WECHAT_DOMAINS], ','),
    no_proxy: join([env.no_proxy, WECHAT_DOMAINS], ','),
    FAKE_WEIXIN_PORT: String(port),
    ...extra,
  }
}

function join(parts: readonly (string | undefined)[], separator: string): string {
  return parts.filter(Boolean).join(separator)
}
