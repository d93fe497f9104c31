import { join } from 'node:path'
import { WechatyBuilder } from 'wechaty'
import type { WechatyInterface } from 'wechaty/impls'
import type { Puppet } from 'wechaty-puppet'

const SHORT_NAMES: Readonly<Record<string, string>> = { wechat4u: 'wechaty-puppet-wechat4u' }

/**
 * The real Wechaty on a puppet.
 *
 * @param puppet one of ours, or the name of a puppet's package
 * @param dataDir where the login card is kept, so that a restart needs no scan
 */
export function buildWechaty(puppet: Puppet | string, dataDir: string): WechatyInterface {
  if (typeof puppet !== 'string') return WechatyBuilder.build({ puppet })
  const packageName = SHORT_NAMES[puppet] ?? puppet
  return WechatyBuilder.build({
    name: join(dataDir, packageName.replace(/[^\w-]/g, '_')),
    // Wechaty types the puppets that it knows by name; any other package is loaded the same way.
    puppet: packageName as 'wechaty-puppet-wechat4u',
  })
}
