import hermes = require('hermes-memory-installer')
import core = require('hermes-memory-installer/core')

const answer: Promise<hermes.Resolution> = hermes.resolveModules({ script: false })
answer.then(({ modules }) => console.log(core.formatDirectives(modules.map(({ name, config }) => ({ module: name, config })))))
