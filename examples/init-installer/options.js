import path from 'node:path'
import { parseArgs } from 'node:util'

/** The command line of the installer. What the library reads is in the environment: HERMES_SCRIPT, HERMES_RECORD and others. */
export function readOptions(argv, env) {
  const { values } = parseArgs({
    args: argv,
    options: {
      target: { type: 'string', default: 'auto' },
      registry: { type: 'string', default: 'https://registry.npmjs.org/' },
      lock: { type: 'string', default: '/etc/hermes/modules.lock.json' },
      cache: { type: 'string', default: '/var/cache/hermes/modules' },
      output: { type: 'string', default: env.HERMES_OUTPUT || '/var/run/hermes/output' },
      'fetch-seconds': { type: 'string', default: '30' },
      'attach-seconds': { type: 'string', default: '20' },
      'stop-seconds': { type: 'string', default: '5' }
    }
  })
  return {
    target: values.target,
    registry: registryOf(values.registry),
    lock: path.resolve(values.lock),
    cache: path.resolve(values.cache),
    output: path.resolve(values.output),
    outputBytes: env.HERMES_OUTPUT_BYTES,
    fetchSeconds: secondsOf('fetch-seconds', values),
    attachSeconds: secondsOf('attach-seconds', values),
    stopSeconds: secondsOf('stop-seconds', values)
  }
}

/** A password in a URL would be in messages. */
function registryOf(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || url.search !== '') {
    throw new Error('--registry takes a URL such as https://registry.example/npm/, without a user, a password and a query')
  }
  return url.href.endsWith('/') ? url.href : `${url.href}/`
}

function secondsOf(name, values) {
  const seconds = Number(values[name])
  if (!(seconds > 0 && seconds <= 3600)) throw new Error(`--${name} takes a number of seconds, at most 3600`)
  return seconds
}
