import type { Manifest } from './inject.ts'

const volumeTypes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
  'image'
]
const seccompTypes = ['RuntimeDefault', 'Localhost']
const ports = (container: Manifest) => container.ports ?? []
const handlers = (container: Manifest) =>
  [
    container.livenessProbe,
    container.readinessProbe,
    container.startupProbe,
    container.lifecycle?.postStart,
    container.lifecycle?.preStop
  ].filter(Boolean)

/** What of a Pod the Pod Security Standard `restricted` refuses, by https://kubernetes.io/docs/concepts/security/pod-security-standards/. */
export function restrictedProblems({ spec, metadata }: Manifest): string[] {
  const problems: string[] = []
  const refuse = (isWrong: boolean, what: string) => {
    if (isWrong) problems.push(what)
  }
  for (const name of ['hostNetwork', 'hostPID', 'hostIPC']) refuse(spec[name] === true, name)
  for (const volume of spec.volumes ?? [])
    for (const type of Object.keys(volume))
      refuse(type !== 'name' && volume[type] !== null && !volumeTypes.includes(type), `volume ${type}`)
  for (const name of Object.keys(metadata?.annotations ?? {}))
    refuse(name.startsWith('container.apparmor'), 'apparmor annotation')
  const all = [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])]
  const pod = spec.securityContext ?? {}
  refuse(pod.runAsUser === 0, 'Pod runAsUser')
  refuse((pod.sysctls ?? []).length > 0, 'sysctls')
  for (const container of all) {
    const own = container.securityContext ?? {}
    const told = (what: string) => `${container.name} ${what}`
    refuse(own.privileged === true, told('privileged'))
    refuse(own.allowPrivilegeEscalation !== false, told('allowPrivilegeEscalation'))
    refuse((own.runAsNonRoot ?? pod.runAsNonRoot) !== true, told('runAsNonRoot'))
    refuse(own.runAsUser === 0, told('runAsUser'))
    refuse(!seccompTypes.includes((own.seccompProfile ?? pod.seccompProfile)?.type), told('seccompProfile'))
    refuse(!(own.capabilities?.drop ?? []).includes('ALL'), told('capabilities.drop'))
    refuse(
      (own.capabilities?.add ?? []).some((one: string) => one !== 'NET_BIND_SERVICE'),
      told('capabilities.add')
    )
    refuse(!['Default', undefined].includes(own.procMount), told('procMount'))
    refuse(own.windowsOptions?.hostProcess === true, told('hostProcess'))
    refuse(!['RuntimeDefault', 'Localhost', undefined].includes(own.appArmorProfile?.type), told('appArmorProfile'))
    refuse(
      ports(container).some(({ hostPort }: Manifest) => hostPort),
      told('hostPort')
    )
    refuse(
      handlers(container).some((one: Manifest) => one.httpGet?.host || one.tcpSocket?.host),
      told('probe host')
    )
  }
  return problems
}
