import { quote } from '../core/clean-text.ts'
import { type Diagnostic, isOk } from '../core/diagnostic.ts'
import { didYouMean } from '../core/suggest.ts'
import { withoutConflicts } from './conflicts.ts'
import { sidecarContainer, utf8Length } from './container.ts'
import { containerName } from './container-name.ts'
import { jsonDigest } from './digest.ts'
import { found } from './finding.ts'
import { type InjectSidecarsOptions, requireInjectOptions, type SidecarPosition } from './inject-options.ts'
import { decisionOf, type Injectable, type ReadModule, readModules, requireInjectable, resolutionDigest } from './injectable.ts'
import { frozenCopy, isRecord, type Json, listOf, member, memberAt, textOf } from './json.ts'
import { type PatchOperation, patchOf } from './json-patch.ts'
import { annotationName, annotationsOf, nothingOwned, type Ownership, readOwnership, writeOwnership } from './ownership.ts'
import { evictAnnotation, nothingWanted, type Placed, place, type Wanted, withAnnotation } from './place.ts'
import { podResourceProblems } from './pod-resources.ts'
import { shapeProblems, targetProblems } from './pod-shape.ts'
import { remarksOn, remarksOnStays } from './remarks.ts'
import { templatesOf } from './sidecars.ts'
import { chooseTarget, defaultContainer, placeIn, type Subject } from './subject.ts'
import { askTemplate } from './template.ts'
import { windowsPlace } from './windows.ts'
import { joinWishes, type Sidecar, type Wishes } from './wishes.ts'
import { type Located, locate, withPod } from './workload.ts'

/** What {@link injectSidecars} gives. */
export type Injection<W> =
  | {
      ok: true
      /** The workload with its sidecars. What did not change is shared with the input. */
      workload: W
      /** The same as operations against the input, for an AdmissionReview. */
      patch: PatchOperation[]
      /** Warnings and notes. */
      diagnostics: Diagnostic[]
    }
  | {
      ok: false
      /** As it came. */
      workload: W
      /** Nothing. */
      patch: []
      /** At least one is an error. */
      diagnostics: Diagnostic[]
    }

/**
 * Puts a resolution's modules into a workload, as native sidecars of its Pod (template). Pure: the workload is never changed, and
 * whatever is wrong with it is a diagnostic. Injecting again gives no operations; another resolution replaces, adds and removes
 * only what is ours; one without modules gives the original back.
 *
 * @throws TypeError for a wrong option (`code` is ERR_HERMES_OPTIONS_INVALID), and for a resolution that has no modules
 */
export function injectSidecars<W extends object>(
  workload: W,
  resolution: Injectable,
  options: InjectSidecarsOptions
): Injection<W> {
  requireInjectOptions(options)
  requireInjectable(resolution)
  const failed = (diagnostics: Diagnostic[]): Injection<W> => ({ ok: false, workload, patch: [], diagnostics })

  const located = locate(workload, options.at)
  if ('finding' in located) return failed([located.finding])
  const wrong = shapeProblems(located.pod, placeIn(located))
  if (wrong.length > 0) return failed(wrong)
  if (member(annotationsOf(located.pod), mirrorAnnotation) !== undefined)
    return { ok: true, workload, patch: [], diagnostics: [mirrorPod(located)] }
  const old = ownershipIn(located)
  if (old === undefined) return failed([foreignAnnotation(located)])

  const stripped = withoutOurs(located.pod, old)
  const injected =
    resolution.modules.length === 0
      ? { pod: stripped.pod, diagnostics: remarksOnStays({ ...located, old }, stripped.stays) }
      : inject({ ...located, old, base: stripped.pod }, resolution, options)
  if (!isOk(injected.diagnostics)) return failed(injected.diagnostics)
  const patch = patchOf(located.pod, injected.pod, placeIn(located)())
  const result = patch.length === 0 ? workload : (withPod(workload, located.steps, injected.pod) as W)
  return { ok: true, workload: result, patch, diagnostics: injected.diagnostics }
}

/** What the kubelet puts on the API's image of a Pod that it runs from a file. */
const mirrorAnnotation = 'kubernetes.io/config.mirror'

function mirrorPod(located: Located): Diagnostic {
  const message = 'a mirror Pod is left alone: the kubelet runs it from a file, and takes no change from the API'
  return found('note', 'mirror-pod', message, placeIn(located)('metadata', 'annotations', mirrorAnnotation))
}

function ownershipIn({ pod }: Located): Ownership | undefined {
  const text = member(annotationsOf(pod), annotationName)
  return text === undefined ? nothingOwned : readOwnership(text)
}

function foreignAnnotation(located: Located): Diagnostic {
  const message = `the annotation ${annotationName} is not one that this version wrote`
  const place = placeIn(located)('metadata', 'annotations', annotationName)
  return found('error', 'foreign-annotation', message, place, 'take it away, where nothing in the Pod is ours')
}

function withoutOurs(pod: Json, old: Ownership): Placed {
  const placed = place(pod, old, nothingWanted)
  const before = placed.made.get('annotation') === 'null' ? null : undefined
  return { ...placed, pod: withAnnotation(placed.pod, annotationName, before, placed.made) }
}

type Unaimed = Omit<Subject, 'target'>

function inject(
  unaimed: Unaimed,
  resolution: Injectable,
  options: InjectSidecarsOptions
): { pod: Json; diagnostics: Diagnostic[] } {
  const failed = (diagnostics: Diagnostic[]) => ({ pod: unaimed.pod, diagnostics })
  const { modules, problems } = readModules(resolution.modules)
  const aimed = aim(unaimed, options.target)
  problems.push(...windowsProblems(unaimed), ...aimed.problems)
  if (aimed.subject === undefined) return failed([...problems, ...missingTemplates(modules, options)])
  const { subject } = aimed
  const { sidecars, problems: ofTemplates } = askTemplates(subject, modules, options)
  problems.push(...ofTemplates)
  const all = joinWishes(sidecars, (message) => problems.push(found('error', 'invalid-template', message)))
  const { wishes, problems: conflicts } = withoutConflicts(subject, sidecars, all)
  problems.push(...conflicts)
  if (problems.length > 0) return failed(problems)

  const { index, note } = indexOf(subject, options.position)
  const wanted: Wanted = {
    ...wishes,
    at: index,
    target: textOf(subject.target, 'name'),
    safeToEvict: namesOnDisk(subject, wishes, options)
  }
  const placed = place(subject.pod, subject.old, wanted)
  const pod = annotate(subject, placed, wanted, modules, resolution)
  const ours = new Set(sidecars.map(({ container }) => container))
  const diagnostics = [
    ...note,
    ...remarksOn(subject, sidecars, all),
    ...remarksOnStays(subject, placed.stays),
    ...podResourceProblems(pod, ours, placeIn(subject)),
    ...sizeProblems(pod, placeIn(subject))
  ]
  return { pod, diagnostics }
}

function windowsProblems(subject: Unaimed): Diagnostic[] {
  const windows = windowsPlace(subject.base)
  if (windows === undefined) return []
  return [found('error', 'windows-pod', 'the Pod runs on Windows, and our sidecars on Linux', placeIn(subject)(...windows))]
}

/** Finds the app container that is watched. */
function aim(unaimed: Unaimed, wanted: string | undefined): { subject?: Subject; problems: Diagnostic[] } {
  const place = placeIn(unaimed)
  const { name, namedBy } = chooseTarget(unaimed.base, wanted, unaimed.old.target)
  const containers = listOf(member(unaimed.base, 'spec'), 'containers')
  const index = containers.findIndex((one) => textOf(one, 'name') === name)
  const target = containers[index]
  if (!isRecord(target)) {
    const names = containers.flatMap((one) => textOf(one, 'name') ?? [])
    const path = wanted === undefined ? place('metadata', 'annotations', defaultContainer) : place('spec', 'containers')
    const message = `the Pod has no app container ${quote(name)}, which ${namedBy} names`
    return { problems: [found('error', 'unknown-container', message, path, didYouMean(name, names))] }
  }
  const problems = targetProblems(target, index, place)
  return problems.length > 0 ? { problems } : { subject: { ...unaimed, target }, problems }
}

function missingTemplates(modules: readonly ReadModule[], { sidecars }: InjectSidecarsOptions): Diagnostic[] {
  const templates = templatesOf(sidecars)
  return modules
    .filter(({ name }) => !Object.hasOwn(templates, name))
    .map(({ name }) =>
      found(
        'error',
        'missing-template',
        `no template for module ${quote(name)}`,
        undefined,
        didYouMean(name, Object.keys(templates))
      )
    )
}

function askTemplates(
  subject: Subject,
  modules: readonly ReadModule[],
  options: InjectSidecarsOptions
): { sidecars: Sidecar[]; problems: Diagnostic[] } {
  const templates = templatesOf(options.sidecars)
  const problems = missingTemplates(modules, options)
  const sidecars: Sidecar[] = []
  let copy: { pod: Json; target: Json } | undefined
  // Made for the first template that asks, and the same for all: it is frozen.
  const context = () => {
    copy ??= { pod: frozenCopy(subject.base), target: frozenCopy(subject.target) }
    return { ...copy }
  }
  for (const module of modules) {
    const definition = Object.hasOwn(templates, module.name) ? templates[module.name] : undefined
    if (definition === undefined) continue
    const template = askTemplate(definition, module.given, context)
    if ('problems' in template) {
      const told = template.problems.map((problem) => `the template of module ${quote(module.name)} ${problem}`)
      problems.push(...told.map((message) => found('error', 'invalid-template', message)))
      continue
    }
    const container = containerName(module.name)
    const build = (settings: string) =>
      sidecarContainer(container, { ...module, settings }, template.container, {
        pod: subject.base,
        target: subject.target,
        defaults: options.defaults ?? {}
      })
    // The order of the settings' members changes nothing.
    sidecars.push({
      module: module.name,
      container,
      template,
      value: build(module.settings),
      digest: jsonDigest(build(module.settingsDigest))
    })
  }
  return { sidecars, problems }
}

/** Where ours go among the init containers, while none of ours is there. */
function indexOf({ pod, base }: Subject, position: SidecarPosition = 'first'): { index: number; note: Diagnostic[] } {
  const list = listOf(member(base, 'spec'), 'initContainers')
  const isThere = listOf(member(pod, 'spec'), 'initContainers').length > list.length
  if (typeof position === 'string' || isThere) return { index: position === 'last' ? list.length : 0, note: [] }
  const [name, step] = 'before' in position ? [position.before, 0] : [position.after, 1]
  const index = list.findIndex((one) => textOf(one, 'name') === name)
  if (index >= 0) return { index: index + step, note: [] }
  const message = `the Pod has no init container ${quote(name)}, which the option position names: the sidecars come first`
  return { index: 0, note: [found('note', 'unknown-container', message)] }
}

/** Our volumes on disk, without those that the Pod's own annotation names already. */
function namesOnDisk({ base }: Subject, { volumes }: Wishes, { defaults }: InjectSidecarsOptions): string | undefined {
  if (defaults?.safeToEvict === false) return undefined
  const named = textOf(annotationsOf(base), evictAnnotation)?.split(',') ?? []
  const names = volumes.filter(({ key, value }) => isOnDisk(value) && !named.includes(key)).map(({ key }) => key)
  return names.length === 0 ? undefined : names.join(',')
}

function isOnDisk(volume: unknown): boolean {
  const isEmptyDir = member(volume, 'emptyDir') !== undefined || Object.keys(volume as Json).length === 1
  return member(volume, 'hostPath') !== undefined || (isEmptyDir && memberAt(volume, 'emptyDir', 'medium') !== 'Memory')
}

/** Writes down what is ours. The same resolution keeps the decision that it had first, so that nothing is rolled out for it. */
function annotate(
  subject: Subject,
  placed: Placed,
  wanted: Wanted,
  modules: readonly ReadModule[],
  resolution: Injectable
): Json {
  const digests = (items: Wanted['volumes']) => new Map(items.map(({ key, digest }) => [key, digest]))
  const made = placed.made
  if (annotationsOf(subject.pod)[annotationName] === null) made.set('annotation', 'null')
  const blank = withAnnotation(placed.pod, annotationName, '', made) // makes the parents, which are to be written down
  const digest = resolutionDigest(modules)
  const text = writeOwnership({
    modules: modules.map(({ name, config, options }, index) => ({
      name,
      ...(config !== undefined && { config }),
      ...(Object.keys(options).length > 0 && { options }),
      container: wanted.containers[index]?.key ?? '',
      digest: wanted.containers[index]?.digest ?? ''
    })),
    resolution: digest,
    volumes: digests(wanted.volumes),
    imagePullSecrets: digests(wanted.imagePullSecrets),
    target: wanted.target,
    env: digests(wanted.env),
    ...placed.owned,
    volumeMounts: digests(wanted.volumeMounts),
    made,
    decision: digest === subject.old.resolution ? subject.old.decision : decisionOf(resolution)
  })
  return withAnnotation(
    blank,
    annotationName,
    subject.old !== nothingOwned && text === writeOwnership(subject.old) ? textThere(subject.pod) : text,
    made
  )
}

function textThere(pod: Json): unknown {
  return annotationsOf(pod)[annotationName]
}

// The server's, for keys and values together.
const mostAnnotations = 262_144

function sizeProblems(pod: Json, place: (...path: string[]) => string): Diagnostic[] {
  const size = Object.entries(annotationsOf(pod)).reduce(
    (sum, [key, value]) => sum + utf8Length(key) + utf8Length(String(value)),
    0
  )
  if (size <= mostAnnotations) return []
  const message = `the annotations of the Pod would have ${size} bytes, and the server takes ${mostAnnotations}`
  return [found('error', 'injection-conflict', message, place('metadata'))]
}
