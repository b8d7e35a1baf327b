import { quote } from '../core/clean-text.ts'
import { type Json, listOf, member, textOf } from './json.ts'
import { mountKey } from './ownership.ts'
import { cleanPath, mountDigest, variableDigest, volumeDigest } from './server-defaults.ts'
import type { Item } from './slots.ts'
import type { Joining } from './target-env.ts'
import type { GivenTemplate } from './template.ts'

/** A module with its container and what its template gave. */
export interface Sidecar {
  module: string
  container: string
  /** As it is to be. */
  value: Json
  /** Of the container as it is to be. */
  digest: string
  template: GivenTemplate
}

/** What all templates together ask of a Pod. */
export interface Wishes {
  containers: readonly Item[]
  volumes: readonly Item[]
  imagePullSecrets: readonly Item[]
  sharesProcesses: boolean
  env: readonly Item[]
  joined: readonly Joining[]
  volumeMounts: readonly Item[]
}

/** Joins the wishes of all templates; where two of them can't both hold, that is told. */
export function joinWishes(sidecars: readonly Sidecar[], report: (message: string) => void): Wishes {
  const gather = (what: string, wishesOf: (template: GivenTemplate) => readonly Item[]): Item[] => {
    const wishes = new Map<string, Item & { module: string }>()
    for (const { module, template } of sidecars)
      for (const wish of wishesOf(template)) {
        const earlier = wishes.get(wish.key)
        if (!earlier) wishes.set(wish.key, { ...wish, module })
        else if (earlier.digest !== wish.digest) report(differ(earlier.module, module, `${what} ${quote(wish.key)}`))
      }
    return [...wishes.values()].map(({ key, digest, value }) => ({ key, digest, value }))
  }
  checkPortNames(sidecars, report)
  const volumes = gather('volume', ({ volumes }) => volumes.map((volume) => named(volume, volumeDigest)))
  const imagePullSecrets = gather('secret', ({ imagePullSecrets }) => imagePullSecrets.map((secret) => named(secret, () => '')))
  const env = gather('variable', ({ env }) => env.filter((one) => !isJoining(one)).map((one) => named(one, variableDigest)))
  const mounts = gather('mount at', ({ volumeMounts }) => volumeMounts.map(atPath))
  return {
    containers: sidecars.map(({ container, digest, value }) => ({ key: container, digest, value })),
    volumes,
    imagePullSecrets,
    sharesProcesses: sidecars.some(({ template }) => template.sharesProcesses),
    env,
    joined: joinings(sidecars, env, report),
    volumeMounts: mounts.map(({ value, digest }) => ({ key: keyOf(value as Json), digest, value }))
  }
}

/** The server only warns; then Services and probes that go by the name reach one of the two. */
function checkPortNames(sidecars: readonly Sidecar[], report: (message: string) => void): void {
  const first = new Map<string, string>()
  for (const { module, template } of sidecars)
    for (const port of listOf(template.container, 'ports')) {
      const name = textOf(port, 'name')
      const earlier = name === undefined ? undefined : first.get(name)
      if (name !== undefined && earlier === undefined) first.set(name, module)
      else if (name !== undefined && earlier !== undefined && earlier !== module)
        report(`the templates of ${quote(earlier)} and ${quote(module)} both name a port ${quote(name)}`)
    }
}

function differ(first: string, second: string, what: string): string {
  const modules =
    first === second ? `the template of ${quote(first)} gives` : `the templates of ${quote(first)} and ${quote(second)} give`
  return `${modules} ${what} twice, with different contents`
}

function named(value: Json, digest: (value: Json) => string): Item {
  return { key: textOf(value, 'name') ?? '', digest: digest(value), value }
}

function atPath(mount: Json): Item {
  return { key: pathOf(mount), digest: mountDigest(mount), value: mount }
}

function pathOf(mount: Json): string {
  return cleanPath(textOf(mount, 'mountPath') ?? '')
}

function keyOf(mount: Json): string {
  return mountKey(pathOf(mount), textOf(mount, 'name') ?? '')
}

function isJoining(variable: Json): boolean {
  return member(variable, 'append') !== undefined
}

/** Texts to join, each once; an empty one has nothing to join. */
function joinings(sidecars: readonly Sidecar[], env: readonly Item[], report: (message: string) => void): Joining[] {
  const texts = new Map<string, Joining>()
  for (const { module, template } of sidecars)
    for (const variable of template.env.filter(isJoining)) {
      const joining = { name: variable.name, sep: textOf(variable, 'append') ?? '', text: textOf(variable, 'value') ?? '' }
      if (env.some(({ key }) => key === joining.name))
        report(`the template of ${quote(module)} appends to variable ${quote(joining.name)}, which a template sets`)
      else if (joining.text !== '') texts.set(JSON.stringify(joining), joining)
    }
  return [...texts.values()]
}
