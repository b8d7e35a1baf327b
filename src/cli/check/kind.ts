import { isMap, isSeq } from 'yaml'
import { parseStaticConfig } from '../../index.ts'
import { composeYaml, hasConfigMap, isEmpty, isKubernetes, isWhole, memberOf, rootKeys, templateOffset } from './yaml-nodes.ts'

/** What a file holds. */
export type FileKind = 'config' | 'directives' | 'script' | 'configmap'

/** What a text is, or why its content does not tell; `nothing`: because there is nothing in it that is checked. */
export type Told = { kind: FileKind } | { why: string } | { nothing: string } | { template: number }

/** Tells what a file holds by its content, and by the ending `.sh`. Where two readings are possible it says so, and never guesses. */
export async function tellKind(text: string, name: string): Promise<Told> {
  if (startsWithHashBang(text) || hasShellName(name)) return { kind: 'script' }
  const first = significantLines(text)[0]
  if (first === undefined) {
    const nothing = 'there is nothing in it but white space and comments'
    return hasYamlName(name) ? { nothing } : { why: nothing }
  }
  if (yamlLine.test(first)) return tellYaml(text)
  const shell = isShell(text)
  if (directiveLine.test(first)) {
    return shell ? { why: 'it has directives and lines of a shell' } : { kind: 'directives' }
  }
  return shell ? { kind: 'script' } : tellYaml(text)
}

/** `#!`, at the start or behind nothing but comments and blank lines: there it does not count, and the script is to be told so. */
function startsWithHashBang(text: string): boolean {
  return hashBangLine(text) !== undefined
}

/** The line of that `#!`, from 1. */
export function hashBangLine(text: string): number | undefined {
  for (const [index, line] of text.split('\n').entries()) {
    // `#!` alone is a comment of YAML and of directives, too; a program makes it what it is.
    if (/^\s*#!/.test(line) && (index === 0 || /^\s*#![ \t]*\//.test(line))) return index + 1
    if (!/^\s*(?:#|$)/.test(line)) return undefined
  }
  return undefined
}

/** Of stdin, too: a chart may render to nothing. */
function hasYamlName(name: string): boolean {
  return /(?:\.ya?ml|\.json|^<stdin>)$/.test(name)
}

function hasShellName(name: string): boolean {
  return /\.(?:sh|bash|dash|ash|ksh|mksh|zsh|yash)$/.test(name)
}

/** What a value of a ConfigMap can be. */
export type ValueKind = Exclude<FileKind, 'configmap'>

/** What of the values in a ConfigMap, which can hold anything, is ours; nothing where a value is not. */
export function tellValue(key: string, text: string, byText = tellText(text)): ValueKind | undefined {
  if (byText === 'script' || hasShellName(key) || /^load-sidecars/.test(key)) return 'script'
  return /^modules\.(?:ya?ml|json)$/.test(key) ? 'config' : byText
}

/** {@link tellValue} without the key. */
export function tellText(text: string): ValueKind | undefined {
  if (startsWithHashBang(text)) return 'script'
  if (isOurConfig(text)) return 'config'
  const lines = significantLines(text)
  const isDirectives = lines.every((line) => directiveLine.test(line)) && lines.some((line) => /^\s*module\s*=/.test(line))
  return isDirectives ? 'directives' : undefined
}

/** Other programs have `modules` too: ours is a list, and nothing else stands beside it and `configs`. */
function isOurConfig(text: string): boolean {
  if (!/\b(?:modules|configs)\b/.test(text)) return false
  const documents = composeYaml(text)
  const [document] = documents
  const keys = rootKeys(document)
  const modules = memberOf(document?.contents, 'modules')
  const configs = memberOf(document?.contents, 'configs')
  const isOurs = keys.length > 0 && keys.every((key) => ['modules', 'configs', '$schema'].includes(key))
  return isOurs && (isSeq(modules) || (modules === undefined && isMap(configs)))
}

async function tellYaml(text: string): Promise<Told> {
  const documents = composeYaml(text)
  const whole = isWhole(documents)
  if (hasConfigMap(documents) || (!whole && /^[ \t-]*["'{]*kind["']?[ \t]*:[ \t]*["']?ConfigMap/m.test(text)))
    return { kind: 'configmap' }
  const keys = documents.flatMap(rootKeys)
  if (keys.includes('modules') || keys.includes('configs')) return { kind: 'config' }
  if (!whole && /^[ \t{]*["']?(?:modules|configs)["']?[ \t]*:/m.test(text)) return { kind: 'config' }
  const template = templateOffset(text)
  if (template !== undefined) return { template }
  if (whole && documents.every(isEmpty)) return { nothing: 'there is nothing in it' }
  if (keys.includes('script') && keys.includes('cases'))
    return { nothing: 'it has tests of a loader script (hermes-modules test runs them)' }
  if (isKubernetes(documents)) return { nothing: 'it has objects of Kubernetes, and no ConfigMap' }
  return (await hasMistypedKey(text)) ? { kind: 'config' } : { why: 'its content does not tell what it is' }
}

/** `module:` or `confgs:`: the static configuration's own error, with its suggestion, is what helps. */
async function hasMistypedKey(text: string): Promise<boolean> {
  const { diagnostics } = await parseStaticConfig(text)
  return diagnostics.some(({ code, hint }) => code === 'unknown-key' && /^did you mean "(?:modules|configs)"/.test(hint ?? ''))
}

function significantLines(text: string): string[] {
  return text.split('\n').filter((line) => !/^\s*(?:#|$)/.test(line))
}

/** How a YAML or JSON text begins: a key, a list, a bracket, a marker, a template's action. */
const yamlLine = /^\s*(?:["']?[\w./$-]+["']?\s*:(?:\s|$)|-\s|---|%|[{[]\s*(?:["'\]}]|$)|\{\{)/

/** A line of protocol 1 (docs/syntax.md) that nobody would take for something else. */
const directiveLine =
  /^\s*(?:(?:module|config|protocol|note|warning|error)\s*=|(?:none|abstain)\s*$|[\w-]+\s*=[^,]*,\s*module\s*=)/

/** Constructs that only a shell has, as whole lines. White space is that of one line: blank lines would be looked at again and again. */
const shellLine =
  /^[ \t]*(?:(?:echo|printf)\s|set[ \t]+[-+]|export[ \t]+\w|\.[ \t]+\S|source[ \t]+\S|trap\s|exec\s|exit[ \t]+(?:\d|\$)|[A-Za-z_]\w*[ \t]*\(\)[ \t]*(?:\{|$))/m
const shellBlocks = [
  [/^[ \t]*if\s/m, /(?:^|;)[ \t]*fi\b/m],
  [/^[ \t]*case\s.*\sin\b/m, /(?:^|;)[ \t]*esac\b/m],
  [/^[ \t]*(?:for|while|until)\s/m, /(?:^|;)[ \t]*done\b/m]
] as const

function isShell(text: string): boolean {
  return shellLine.test(text) || shellBlocks.some(([start, end]) => start.test(text) || end.test(text))
}
