import { booleanRule } from '../core/core-options.ts'
import { isObject, type OptionRule, optionProblems, requireOptions } from '../core/option-rules.ts'
import { didYouMean } from '../core/suggest.ts'
import type { SidecarDefaults } from './defaults.ts'
import { jsonCopy } from './json.ts'
import { isSidecars, type Sidecars } from './sidecars.ts'
import { resourceProblems } from './template.ts'

/** Where our sidecars go among the Pod's own init containers, while none of ours is there. */
export type SidecarPosition = 'first' | 'last' | { readonly before: string } | { readonly after: string }

/** Options of {@link injectSidecars}. */
export interface InjectSidecarsOptions {
  /** What `defineSidecars()` gave. */
  sidecars: Sidecars
  /** Among the Pod's own init containers; for a name that is not there: first, with a note. @default 'first' */
  position?: SidecarPosition | undefined
  /** The app container that is watched. @default the annotation's, else that of `kubectl.kubernetes.io/default-container`, else the first */
  target?: string | undefined
  /** RFC 6901 place of the Pod template, for a kind that is not known here: `/spec/template`. @default by `kind` */
  at?: string | undefined
  /** What a container of ours gets where its template is silent. */
  defaults?: SidecarDefaults | undefined
}

/** Options of {@link readInjection}. */
export interface ReadInjectionOptions {
  /** RFC 6901 place of the Pod template, for a kind that is not known here. @default by `kind` */
  at?: string | undefined
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

/** A JSON pointer: empty, or steps that begin with `/`. */
const atRule: OptionRule = {
  takes: "a JSON pointer (RFC 6901), such as '/spec/template'",
  accepts: (value) => typeof value === 'string' && /^(\/([^~]|~[01])*)?$/.test(value)
}

const positionRule: OptionRule = {
  takes: '"first", "last", { before: name } or { after: name }',
  accepts: (value) => value === 'first' || value === 'last' || isNextTo(value),
  values: ['first', 'last']
}

function isNextTo(value: unknown): boolean {
  if (!isObject(value)) return false
  const names = Object.keys(value)
  return names.length === 1 && /^(before|after)$/.test(names[0] ?? '') && isText(value[names[0] ?? ''])
}

const rules = {
  sidecars: { takes: 'what defineSidecars() gave', accepts: isSidecars },
  position: positionRule,
  target: { takes: 'the name of an app container', accepts: isText },
  at: atRule
}

const resourceMembers = ['requests', 'limits', 'claims']

const defaultRules = {
  resources: {
    takes: 'an object of requests and limits, or null',
    accepts: (value: unknown) => value === null || (isJson(value) && resourceFault(value) === undefined),
    part: (value: unknown) => (isJson(value) ? resourceFault(value) : undefined)
  },
  securityContext: { takes: 'a security context, or null', accepts: (value: unknown) => value === null || isJson(value) },
  safeToEvict: booleanRule
}

function resourceFault(resources: unknown): string | undefined {
  const unknown = Object.keys(resources as object).find((name) => !resourceMembers.includes(name))
  return unknown === undefined ? resourceProblems(resources)[0] : `${unknown}: ${didYouMean(unknown, resourceMembers)}`
}

function isJson(value: unknown): boolean {
  try {
    return isObject(value) && jsonCopy(value) !== undefined
  } catch {
    return false
  }
}

/** @throws TypeError for a wrong option */
export function requireInjectOptions(options: unknown): asserts options is InjectSidecarsOptions {
  const ofDefaults = (value: unknown) => optionProblems(value, defaultRules, 'defaults.')
  requireOptions('injectSidecars', options, {
    ...rules,
    // Its members are told as options of their own.
    defaults: {
      takes: 'an object of resources, securityContext and safeToEvict',
      accepts: (value) => ofDefaults(value).length === 0,
      part: (value) => (isObject(value) ? ofDefaults(value).join('; ') : undefined)
    }
  })
  requireOptions('injectSidecars', { sidecars: (options as Partial<InjectSidecarsOptions> | undefined)?.sidecars ?? null }, rules)
}

/** @throws TypeError for a wrong option */
export function requireReadOptions(options: unknown): asserts options is ReadInjectionOptions {
  requireOptions('readInjection', options, { at: atRule })
}
