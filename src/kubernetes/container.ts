import { resources, type SidecarDefaults, securityContext } from './defaults.ts'
import type { Json } from './json.ts'

/** What of a module its container is told. */
export interface ToldModule {
  name: string
  config: string | undefined
  /** Its settings as JSON. */
  settings: string
}

/** The native sidecar of a module. Started before the app, ended after it: KEP-753. */
export function sidecarContainer(
  container: string,
  module: ToldModule,
  template: Json,
  { pod, target, defaults }: { pod: Json; target: Json; defaults: SidecarDefaults }
): Json {
  const { image, env, securityContext: asked, resources: amounts, ...rest } = template
  const context = securityContext(asked, defaults.securityContext, pod, target)
  const bounded = resources(amounts, defaults.resources)
  return {
    name: container,
    image,
    restartPolicy: 'Always',
    env: [...toldEnv(module), ...((env as readonly Json[] | undefined) ?? [])],
    ...(bounded && { resources: bounded }),
    ...(context && { securityContext: context }),
    ...rest
  }
}

/** First, so that a template's own variables can name them. The kubelet expands `$(NAME)`, and `$$` is a `$`. */
function toldEnv({ name, config, settings }: ToldModule): Json[] {
  return [
    { name: 'HERMES_MODULE', value: name },
    ...(config === undefined ? [] : [{ name: 'HERMES_MODULE_CONFIG', value: config }]),
    { name: 'HERMES_MODULE_SETTINGS', value: settings.replaceAll('$', '$$$$') }
  ]
}

// MAX_ARG_STRLEN of Linux: one variable with its name, the `=` and the NUL at its end.
const longest = 131_072

/** Whether the kernel would refuse to start a container with these settings. The kubelet has halved the `$$` by then. */
export function areTooLong(settings: string): boolean {
  return 'HERMES_MODULE_SETTINGS='.length + utf8Length(settings) + 1 > longest
}

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    // Half of a pair takes two of its four bytes.
    if (unit > 0x7f) bytes += unit > 0x7ff && !(unit >= 0xd800 && unit <= 0xdfff) ? 2 : 1
  }
  return bytes
}
