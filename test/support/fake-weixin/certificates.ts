import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const VALID_DAYS = '2'
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

// A wildcard covers one label, so hosts like login.wx.qq.com need one of their own.
const HOSTS = [
  ...['localhost', '*.qq.com', '*.weixin.qq.com', '*.wx.qq.com', '*.wx2.qq.com', '*.wx8.qq.com'],
  ...['*.wechat.com', '*.web.wechat.com', '*.web2.wechat.com', '*.wechatapp.com', '*.qlogo.cn', '*.qpic.cn'],
]

export interface Certificates {
  /** PEM file of the authority that a client has to trust. */
  readonly caPath: string
  readonly key: Buffer
  readonly cert: Buffer
}

/**
 * Makes an authority and, signed by it, a certificate for the WeChat hosts. Nothing leaves `folder`.
 *
 * @throws Error when there is no `openssl`
 */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder })
  const names = HOSTS.map((host) => `DNS:${host}`).join(',')
  const extensions = [
    `subjectAltName=${names},IP:127.0.0.1`,
    'basicConstraints=CA:FALSE',
    'extendedKeyUsage=serverAuth',
  ]
  await writeFile(path.join(folder, 'extensions.cnf'), `${extensions.join('\n')}\n`)
  await openssl(
    ...['req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', VALID_DAYS],
    ...['-subj', '/CN=fake-weixin test authority', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  )
  await openssl('req', ...NEW_KEY, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=wx.qq.com')
  await openssl(
    ...['x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-days', VALID_DAYS, '-extfile', 'extensions.cnf', '-out', 'server.pem'],
  )
  return {
    caPath: path.join(folder, 'ca.pem'),
    key: await readFile(path.join(folder, 'server.key')),
    cert: await readFile(path.join(folder, 'server.pem')),
  }
}
