import type { Diagnostic } from '../../index.ts'
import { defineSidecars, injectSidecars, type Sidecars, type SidecarTemplate } from '../../kubernetes/index.ts'
import { isMembers } from './json-values.ts'
import { offsetOf } from './pointed-place.ts'
import type { TextFile } from './text-file.ts'
import { readValue } from './workloads.ts'
import { duplicateKey, readYaml, type YamlFile } from './yaml-file.ts'

/** Reads a sidecars file: a mapping from a module's name to what its template gives. */
export function readSidecars(source: TextFile): { sidecars: Sidecars } | { diagnostics: Diagnostic[] } {
  const file = readYaml(source.text)
  if ('fault' in file) return { diagnostics: [source.fault(file.fault, 'invalid-config')] }
  const [document, second] = file.documents
  const hint = 'map each module to its template: mem-logger: { container: { image: … } }'
  const wrong = (message: string, offset: number) => ({
    diagnostics: [source.fault({ message, offset }, 'invalid-template', hint)]
  })
  if (second) return wrong('the sidecars stand in one document, and this is a second', second.range[0])
  const fault = document && duplicateKey(document)
  if (fault) return { diagnostics: [source.fault(fault, 'invalid-config')] }
  const read = document ? readValue(document) : { value: null }
  if ('fault' in read) return { diagnostics: [source.fault(read.fault, 'invalid-config')] }
  if (!isMembers(read.value)) return wrong('the sidecars are a mapping from modules to their templates', offsetOf(file, 0, []))
  const templates = Object.entries(read.value)
  const diagnostics = templates.flatMap(([name, template]) => problemsOf(name, template, source, file))
  return diagnostics.length > 0 ? { diagnostics } : { sidecars: defineSidecars(Object.fromEntries(templates) as Templates) }
}

type Templates = Record<string, SidecarTemplate>

/** Of a template alone, whichever modules are chosen: put into a Pod that has nothing it could be at odds with. */
function problemsOf(name: string, template: unknown, source: TextFile, file: YamlFile): Diagnostic[] {
  const tell = (message: string) => source.fault({ message, offset: offsetOf(file, 0, [name]) }, 'invalid-template')
  if (!isMembers(template)) return [tell(`the template of module "${name}" is no mapping`)]
  const pod = { spec: { containers: [{ name: 'app' }] } }
  try {
    const modules = [{ name, settings: {}, options: {}, origin: { kind: 'inline', source: source.name } as const }]
    const sidecars = defineSidecars({ [name]: template } as unknown as Templates)
    const { diagnostics } = injectSidecars(pod, { modules }, { sidecars })
    return diagnostics.filter(({ code }) => code === 'invalid-template').map(({ message }) => tell(message))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return [tell(error.message.replace(/^defineSidecars\(\): /, ''))]
  }
}
