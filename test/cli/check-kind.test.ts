import { describe, expect, it } from 'vitest'
import { tellKind, tellValue } from '../../src/cli/check/kind.ts'

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a.sh: |\n    if true; then\n    fi\n'
const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n'

describe('what the content of a file tells', () => {
  it.each<[string, string, string]>([
    ['a #! line', '#!/bin/bash\necho\n', 'script'],
    ['a #! line behind a byte order mark that was dropped', '#!/bin/sh\nmodules: [a]\n', 'script'],
    ['a #! behind a licence', '# Copyright\n\n#!/bin/bash\necho\n', 'script'],
    ['an unnamed shell text: case', 'case $X in\n  a) : ;;\nesac\n', 'script'],
    ['an unnamed shell text: echo of a directive', 'echo "module=mem-logger"\n', 'script'],
    ['an unnamed shell text: an assignment first', 'X=${Y:-a}\nif [ "$X" ]; then\n  :\nfi\n', 'script'],
    ['an unnamed shell text: a function', 'zone() {\n  :\n}\nzone\n', 'script'],
    ['a shell text that writes a ConfigMap', 'set -e\ncat <<EOF\nkind: ConfigMap\nEOF\n', 'script'],
    ['a ConfigMap', configMap, 'configmap'],
    ['a ConfigMap behind another kind', `${service}---\n${configMap}`, 'configmap'],
    ['a ConfigMap before another kind', `# Source: chart/a.yaml\n${configMap}---\n${service}`, 'configmap'],
    ['a ConfigMap in a List', 'kind: List\nitems:\n  - kind: Service\n  - kind: ConfigMap\n    data: {}\n', 'configmap'],
    ['a ConfigMapList', 'kind: ConfigMapList\nitems:\n  - kind: ConfigMap\n', 'configmap'],
    ['a ConfigMap as JSON', '{"kind": "ConfigMap", "data": {"a.sh": "#!/bin/sh"}}', 'configmap'],
    ['a ConfigMap that is not whole', 'apiVersion: v1\nkind: ConfigMap\ndata:\n  a: "b\n', 'configmap'],
    ['a template of a ConfigMap', '{{- if .Values.x }}\nkind: ConfigMap\ndata:\n  a: {{ .Values.a }}\n{{- end }}\n', 'configmap'],
    ['a static configuration', 'modules:\n  - mem-logger\n', 'config'],
    ['a static configuration of configs only', 'configs: { prod: {} }\n', 'config'],
    ['a static configuration as JSON', '{ "modules": ["mem-logger"] }', 'config'],
    ['a static configuration that is not whole', 'modules: [a\nconfigs: {}\n', 'config'],
    ['JSON that is not whole', '{\n  "modules": ["a",\n', 'config'],
    ['a mistyped key: module', 'module:\n  - mem-logger\n', 'config'],
    ['a mistyped key: confgs', 'confgs:\n  prod: {}\n', 'config'],
    ['directives', 'module=mem-logger\n', 'directives'],
    ['directives behind a header', '# by hand\nprotocol=1\nmodule=mem-logger,config=a\n', 'directives'],
    ['directives, one of them wrong', 'module=mem-logger\nmem-profiler\n', 'directives'],
    ['a verdict', 'none\n', 'directives'],
    ['a message', 'warning=no zone\n', 'directives'],
    ['config first', ' config = a , module = b\n', 'directives'],
    ['another key first', 'version=1,module=b\n', 'directives'],
    ['directives that mention a shell', "error=can't run kubectl: exit 3; if it persists, ask\nnone\n", 'directives']
  ])('%s', async (_, text, kind) => {
    expect(await tellKind(text, 'x')).toEqual({ kind })
  })

  it.each<[string, string, string]>([
    ['another YAML', 'replicas: 3\n', 'its content does not tell what it is'],
    ['a list', '- mem-logger\n', 'its content does not tell what it is'],
    ['prose', 'These are our modules.\n', 'its content does not tell what it is'],
    ['variables', 'A=1\nB=2\n', 'its content does not tell what it is'],
    ['objects of Kubernetes beside something else', `${service}---\nreplicas: 3\n`, 'its content does not tell what it is'],
    ['assignments that look like directives', 'module=a\necho "module=$module"\n', 'it has directives and lines of a shell'],
    ['a YAML text that is nested too deep', `a: ${'['.repeat(20_000)}`, 'its content does not tell what it is']
  ])('is not told by %s', async (_, text, why) => {
    expect(await tellKind(text, 'x.yaml')).toEqual({ why })
  })

  it.each<[string, string, string]>([
    ['nothing', '', 'there is nothing in it but white space and comments'],
    ['a comment', '# later\n', 'there is nothing in it but white space and comments'],
    ['null', 'null\n', 'there is nothing in it'],
    ['a marker', '---\n', 'there is nothing in it'],
    [
      'tests of a loader script',
      '# hermes-modules test\nscript: load.sh\ncases:\n  - expect: none\n',
      'it has tests of a loader script (hermes-modules test runs them)'
    ],
    ['objects without a ConfigMap', service, 'it has objects of Kubernetes, and no ConfigMap'],
    ['objects and nothing', `---\n---\n${service}---\n# later\n`, 'it has objects of Kubernetes, and no ConfigMap']
  ])('finds nothing to check in %s', async (_, text, nothing) => {
    expect(await tellKind(text, 'x.yaml')).toEqual({ nothing })
  })

  it('does not take a text of another name for an empty YAML', async () => {
    expect(await tellKind('', 'load')).toEqual({ why: 'there is nothing in it but white space and comments' })
  })

  it('takes a template for one, where nothing else tells', async () => {
    expect(await tellKind('# a\nmetadata:\n  name: {{ .Values.name }}\n', 'x.yaml')).toEqual({ template: 22 })
  })

  it.each(['load.sh', 'load.bash', 'dir/load.zsh'])('takes %s for a script by its name', async (name) => {
    expect(await tellKind('', name)).toEqual({ kind: 'script' })
  })
})

describe('what of a ConfigMap is ours', () => {
  it.each<[string, string, ReturnType<typeof tellValue>]>([
    ['anything', '#!/bin/sh\n', 'script'],
    ['anything', '# Copyright\n#!/bin/sh\n', 'script'],
    ['a.sh', 'x', 'script'],
    ['load-sidecars', 'x', 'script'],
    ['modules.yaml', 'x', 'config'],
    ['modules.json', '', 'config'],
    ['hermes.yaml', 'modules: [a]\n', 'config'],
    ['hermes.yaml', 'configs: { a: {} }\n', 'config'],
    ['blackbox.yml', 'modules: { http_2xx: { prober: http } }\n', undefined],
    ['other.yml', 'modules: [a]\nlisten: 80\n', undefined],
    ['text', 'the modules are here', undefined],
    ['directives', 'module=a\nmodule=b,confg=c\n', 'directives'],
    ['app.properties', 'module=a\nport=80\n', undefined],
    ['LOG_LEVEL', 'none', undefined],
    ['empty', '', undefined]
  ])('%s: %j', (key, text, kind) => {
    expect(tellValue(key, text)).toBe(kind)
  })
})
