import { isIP } from 'node:net'
import { z } from 'zod'

/** As long as 18 random bytes in Base64: nobody guesses it. */
const MIN_TOKEN_CHARS = 24

export const webSchema = z
  .strictObject({
    /** Address to listen on; beyond this machine only with a token. */
    host: z.string().min(1).default('127.0.0.1'),
    /** First port to try; 0 takes any free one. */
    port: z.number().int().min(0).max(65_535).default(3100),
    /** What people log in to the page with. Null: nobody has to. */
    token: z
      .string()
      .min(MIN_TOKEN_CHARS, `口令至少要 ${MIN_TOKEN_CHARS} 个字符，可用 openssl rand -base64 24 生成一个`)
      .regex(/^[\x21-\x7e]*$/, '口令只能用英文字母、数字和半角符号，不能有空格')
      .nullable()
      .default(null),
    /** A reverse proxy stands in front: X-Forwarded-For and X-Forwarded-Proto are believed. */
    trustProxy: z.boolean().default(false),
  })
  .superRefine(({ host, token, trustProxy }, context) => {
    const complain = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message })
    if (token === null && !isLoopback(host)) {
      complain('token', `页面要给别的机器用（web.host 是 ${host}），必须先设口令 web.token 或 GUOSHEN_WEB_TOKEN`)
    }
    if (token === null && trustProxy)
      complain('token', '页面放在反向代理后面，必须先设口令 web.token 或 GUOSHEN_WEB_TOKEN')
  })

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
