import { join } from 'node:path'
import { WechatyBuilder } from 'wechaty'
import type { WechatyInterface } from 'wechaty/impls'
import type { Puppet } from 'wechaty-puppet'
import { ConfigError } from '../../errors.js'

const SHORT_NAMES: Readonly<Record<string, string>> = { wechat4u: 'wechaty-puppet-wechat4u' }

/**
 * The real Wechaty on a puppet.
 *
 * @param puppet one of ours, or the name of a puppet's package
 * @param dataDir where the login card is kept, so that a restart needs no scan
 * @throws ConfigError when that package is not installed
 */
export function buildWechaty(puppet: Puppet | string, dataDir: string): WechatyInterface {
  if (typeof puppet !== 'string') return WechatyBuilder.build({ puppet })
  requirePackage(packageOf(puppet))
  return WechatyBuilder.build({
    name: cardName(puppet, dataDir),
    // Wechaty types the puppets that it knows by name; any other package is loaded the same way.
    puppet: packageOf(puppet) as 'wechaty-puppet-wechat4u',
  })
}

function requirePackage(name: string): void {
  try {
    import.meta.resolve(name)
  } catch {
    throw new ConfigError([`puppet: 没有安装 ${name}。请改正名字，或者先运行 npm install ${name}`])
  }
}

/** The file in which the puppet of that name keeps its login. */
export const cardPath = (puppet: string, dataDir: string): string => `${cardName(puppet, dataDir)}.memory-card.json`

export const isWechat4u = (puppet: string): boolean => packageOf(puppet) === SHORT_NAMES.wechat4u

const packageOf = (puppet: string): string => SHORT_NAMES[puppet] ?? puppet

const cardName = (puppet: string, dataDir: string): string => join(dataDir, packageOf(puppet).replace(/[^\w-]/g, '_'))
