import hermes = require('hermes-memory-installer')
import core = require('hermes-memory-installer/core')
import kubernetes = require('hermes-memory-installer/kubernetes')

const answer: Promise<hermes.Resolution> = hermes.resolveModules({ script: false })
answer.then(({ modules }) => console.log(core.formatDirectives(modules.map(({ name, config }) => ({ module: name, config })))))
console.log(kubernetes.readInjection({ kind: 'Pod' }))
