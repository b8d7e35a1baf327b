import { quote } from '../core/clean-text.ts'
import { type Diagnostic, isOk } from '../core/diagnostic.ts'
import { didYouMean } from '../core/suggest.ts'
import { aim, indexOf } from './aim.ts'
import { annotate, evictProblems, namesOnDisk, sizeProblems } from './annotate.ts'
import { withoutConflicts } from './conflicts.ts'
import { sidecarContainer } from './container.ts'
import { containerName } from './container-name.ts'
import { jsonDigest } from './digest.ts'
import { found } from './finding.ts'
import { type InjectSidecarsOptions, requireInjectOptions } from './inject-options.ts'
import { type Injectable, type ReadModule, readModules, requireInjectable } from './injectable.ts'
import { frozenCopy, type Json, member, textOf } from './json.ts'
import { type PatchOperation, patchOf } from './json-patch.ts'
import { annotationName, annotationsOf, nothingOwned, type Ownership, readOwnership } from './ownership.ts'
import { nothingWanted, type Placed, place, type Wanted, withAnnotation } from './place.ts'
import { podResourceProblems } from './pod-resources.ts'
import { shapeProblems } from './pod-shape.ts'
import { remarksOn, remarksOnStays } from './remarks.ts'
import { templatesOf } from './sidecars.ts'
import { placeIn, type Subject, type Unaimed } from './subject.ts'
import { askTemplate } from './template.ts'
import { windowsPlace } from './windows.ts'
import { joinWishes, type Sidecar } from './wishes.ts'
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
  if (old === nothingOwned) return placed
  const before = placed.made.get('annotation') === 'null' ? null : undefined
  return { ...placed, pod: withAnnotation(placed.pod, annotationName, before, placed.made) }
}

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
    ...evictProblems(subject, wanted.safeToEvict),
    ...sizeProblems(pod, placeIn(subject))
  ]
  return { pod, diagnostics }
}

function windowsProblems(subject: Unaimed): Diagnostic[] {
  const windows = windowsPlace(subject.base)
  if (windows === undefined) return []
  return [found('error', 'windows-pod', 'the Pod runs on Windows, and our sidecars on Linux', placeIn(subject)(...windows))]
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
