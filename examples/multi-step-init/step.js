// One step of an init sequence, as a container would run it: everything comes from the environment.
import { formatDiagnostics, resolveModules } from 'hermes-memory-installer'

const { modules, reason, diagnostics } = await resolveModules()
console.log(`${process.env.HERMES_STEP.padEnd(6)}  ${reason.padEnd(10)}  ${modules.map(({ name }) => name).join(', ')}`)
if (diagnostics.length > 0) console.log(formatDiagnostics(diagnostics).replace(/^/gm, '        '))
