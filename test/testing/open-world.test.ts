import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { worldOpen } from '../../src/kit-errors.ts'
import { findOpenings } from '../../src/testing/world/open-world.ts'
import { sourcedLibraries } from '../../src/testing/world/sourced-libraries.ts'

const options = { stubs: ['kubectl'], network: ['curl', 'wget'] }
const openings = (text: string) => findOpenings(text, options).map(({ line, what }) => `${line}: ${what}`)

describe('what leaves a world that PATH closes', () => {
  const path = 'sets PATH'
  const login = "starts a login shell, which takes its PATH from the system's start files"
  const network = 'opens a network connection by /dev/tcp or /dev/udp'
  it.each([
    ['PATH=/usr/bin:$PATH', path],
    ['PATH+=:/opt/bin', path],
    ['PATH=/usr/bin kubectl get node', path],
    ['export PATH=/usr/bin', path],
    ['export A=1 "PATH=$x"', path],
    ['readonly PATH=/bin', path],
    ['declare -a PATH', path],
    ['f() { declare -x PATH; }', path],
    ["export 'PATH'=/usr/bin", path],
    ['export P"ATH"=/usr/bin', path],
    ["export $'PATH=/usr/bin'", path],
    ['export "PATH"="$x:$PATH"', path],
    ["env 'PATH'=/usr/bin kubectl get", path],
    ['env -S "PATH=/usr/bin kubectl get"', path],
    ['env -S"PATH=/usr/bin kubectl" get', path],
    ['env -u A -S "PATH=/usr/bin kubectl get"', path],
    ['env -vS "A=1 PATH=$x kubectl get"', path],
    ["env --split-string='PATH=/usr/bin kubectl'", path],
    ["env --split-string 'PATH=/usr/bin kubectl'", path],
    ['echo kubectl | xargs env PATH=/usr/bin', path],
    ['IFS=: read -ra PATH <<<x', path],
    ['read -raPATH <<<x', path],
    ["read -d '' -t 5 -era PATH <<<x", path],
    ["read -rd '' PATH <<<x", path],
    ['read -u3 -n 5 PATH', path],
    ['printf -vPATH %s /usr/bin', path],
    ['typeset PATH=/bin', path],
    ['declare -n where=PATH', path],
    ['f() { local PATH; }', path],
    ['unset PATH', path],
    ['unset -v A PATH', path],
    ['read -r PATH < file', path],
    ['read -p "PATH? " -a PATH', path],
    ['mapfile -t PATH < file', path],
    ['printf -v PATH %s /usr/bin', path],
    ['getopts ab PATH', path],
    ['for PATH in /bin /usr/bin; do :; done', path],
    ['select PATH in a b; do :; done', path],
    ['env PATH=/usr/bin kubectl get node', path],
    ['sudo env "PATH=/usr/bin" kubectl', path],
    ['if true; then\n:; fi; x=$(PATH=/bin; kubectl)', path],
    ['x=`PATH=/bin; kubectl`', path],
    ['echo "$(PATH=/bin kubectl)"', path],
    ['cat <<EOF\n$(PATH=/bin kubectl)\nEOF', path],
    ['case $x in a) PATH=/bin ;; esac', path],
    ['f() { PATH=/bin; }', path],
    ['diff <(PATH=/bin kubectl) /dev/null', path],
    ['a=( $(PATH=/bin kubectl) )', path],
    ['eval PATH=/bin', path],
    ["eval 'PATH=/bin kubectl'", path],
    ['eval "PATH=$x"', path],
    ["sh -c 'PATH=/bin kubectl'", path],
    ['bash -euc "PATH=$x kubectl"', path],
    ["trap 'PATH=/bin; kubectl' EXIT", path],
    ["trap -- 'PATH=/bin' EXIT", path],
    ["bash <<'EOF'\nPATH=/bin\nEOF", path],
    ['sh -s a <<EOF\nPATH=/bin\nEOF', path],
    ['bash <<< "PATH=/bin; kubectl"', path],
    ["cat <<'EOF' | sh\nPATH=/bin\nEOF", path],
    ["echo 'PATH=/bin kubectl' | sh", path],
    ["find . -exec sh -c 'PATH=/bin kubectl' \\;", path],
    ["xargs -I{} sh -c 'PATH=/bin kubectl {}'", path],
    ['/usr/bin/kubectl get node', 'calls /usr/bin/kubectl by its path'],
    ['if /usr/bin/curl -fs http://a; then :; fi', 'calls /usr/bin/curl by its path'],
    ['! /usr/bin/curl a', 'calls /usr/bin/curl by its path'],
    ['time -p /usr/bin/curl a', 'calls /usr/bin/curl by its path'],
    ['"/usr/bin/"kubectl get', 'calls /usr/bin/kubectl by its path'],
    ['~/bin/kubectl get', 'calls ~/bin/kubectl by its path'],
    ['a | /usr/bin/wget -i -', 'calls /usr/bin/wget by its path'],
    ['a && /usr/bin/wget b || :', 'calls /usr/bin/wget by its path'],
    ['/usr/bin/wget b &', 'calls /usr/bin/wget by its path'],
    ['( cd /; /usr/bin/wget b )', 'calls /usr/bin/wget by its path'],
    ['exec /usr/bin/kubectl get', 'calls /usr/bin/kubectl by its path'],
    ['exec -a k /usr/bin/kubectl get', 'calls /usr/bin/kubectl by its path'],
    ['command /usr/bin/kubectl get', 'calls /usr/bin/kubectl by its path'],
    ['env A=1 B=2 /usr/bin/kubectl get', 'calls /usr/bin/kubectl by its path'],
    ['env -u A /usr/bin/kubectl get', 'calls /usr/bin/kubectl by its path'],
    ['/usr/bin/env /usr/bin/kubectl get', 'calls /usr/bin/kubectl by its path'],
    ['timeout 5 /usr/bin/kubectl get', 'calls /usr/bin/kubectl by its path'],
    ['timeout -k 1 -s KILL 5 /usr/bin/kubectl get', 'calls /usr/bin/kubectl by its path'],
    ['timeout --signal=KILL 5 nice -n 3 /usr/bin/kubectl get', 'calls /usr/bin/kubectl by its path'],
    ['xargs -n 1 -P8 /usr/bin/kubectl get', 'calls /usr/bin/kubectl by its path'],
    ['nohup /usr/bin/kubectl get', 'calls /usr/bin/kubectl by its path'],
    ['sudo -u root /usr/bin/kubectl get', 'calls /usr/bin/kubectl by its path'],
    ['find . -type f -exec /usr/bin/curl -T {} \\;', 'calls /usr/bin/curl by its path'],
    ['KUBECTL=/usr/bin/kubectl\n:\n$KUBECTL get node', 'calls /usr/bin/kubectl by its path'],
    ['readonly K=/usr/bin/kubectl; "${K}" get node', 'calls /usr/bin/kubectl by its path'],
    ['${KUBECTL:-/usr/bin/kubectl} get node', 'calls /usr/bin/kubectl by its path'],
    ['alias k=/usr/bin/kubectl', 'calls /usr/bin/kubectl by its path'],
    ['../../../usr/bin/curl a', 'calls ../../../usr/bin/curl by its path'],
    ['./../bin/kubectl get', 'calls ./../bin/kubectl by its path'],
    ["env -S '/usr/bin/kubectl get'", 'calls /usr/bin/kubectl by its path'],
    ['busybox wget http://a', 'calls wget as a part of busybox'],
    ['command -p kubectl', "uses command -p, which looks along the system's PATH"],
    ['command -p -- kubectl', "uses command -p, which looks along the system's PATH"],
    ['x=$(command -pv kubectl)', "uses command -p, which looks along the system's PATH"],
    ['env -i kubectl', 'takes PATH away by env -i'],
    ['env - kubectl', 'takes PATH away by env -i'],
    ['env --ignore-environment A=1 kubectl', 'takes PATH away by env -i'],
    ['env -iS "kubectl get"', 'takes PATH away by env -i'],
    ["env -S '-i kubectl get'", 'takes PATH away by env -i'],
    ['env -i --split-string="A=1 kubectl"', 'takes PATH away by env -i'],
    ['echo kubectl | xargs env -i', 'takes PATH away by env -i'],
    ['echo kubectl | xargs -n1 env - A=1', 'takes PATH away by env -i'],
    ['env -u PATH kubectl', 'takes PATH away by env -u'],
    ['env --unset=PATH kubectl', 'takes PATH away by env -u'],
    ['env --unset PATH kubectl', 'takes PATH away by env -u'],
    ['sh -l x', login],
    ['bash --login x', login],
    ["sh -lc 'kubectl get node'", login],
    ["bash -l -c 'kubectl get node'", login],
    ['/bin/bash -l x', login],
    ['exec -l bash', login],
    ['exec -a -bash bash', login],
    ['su - nobody', login],
    ['sudo -i kubectl', login],
    ["bash -ic 'kubectl'", "starts an interactive shell, which takes its PATH from the user's start files"],
    ['exec -c kubectl', 'uses exec -c, which leaves the command without PATH'],
    ['exec 3<>/dev/tcp/metadata/80', network],
    ['echo x >/dev/udp/log/514', network],
    ['cat <"/dev/tcp/$host/80"', network],
    ['cat < "/dev"/tcp/x/1', network],
    ["cat < /dev/'udp'/$x/1", network],
    ['hash -p /usr/bin/kubectl kubectl', 'gives a command a path by hash -p'],
    ['enable -f /usr/lib/bash/sleep sleep', 'loads a builtin from a file by enable -f'],
    ['x=$(getconf PATH)', "asks for the system's PATH by getconf"]
  ])('%j is told', (text, what) => {
    const found = findOpenings(text, options)
    expect(found.map((opening) => opening.what)).toEqual([what])
    for (const { remedy } of found) expect(remedy).toMatch(/^[A-Z].*[^.]$/)
  })

  it.each([
    'echo "set PATH=/usr/bin and run /usr/bin/kubectl"',
    "echo 'PATH=/usr/bin'",
    'echo PATH=/usr/bin',
    '# PATH=/usr/bin; /usr/bin/kubectl',
    ': # PATH=/usr/bin',
    'echo "$PATH"',
    'export PATH',
    'declare -x PATH',
    'typeset -rx PATH',
    'f() { declare -gx PATH; }',
    'env -S "kubectl get" x',
    "env -iS 'PATH=${PATH} kubectl get'",
    'env -S',
    'env A=1 kubectl -S PATH=/usr/bin',
    'echo kubectl | xargs env -i PATH="$PATH"',
    'echo kubectl | xargs env A=1',
    './kubectl get',
    'bin/curl a',
    '../lib/other',
    'read -ra LINE <<<PATH',
    'read -p "a" -a PATHS',
    'readonly PATH',
    'PATH=$PATH; export PATH="${PATH}"',
    'MYPATH=/usr/bin; PATHS=1; CDPATH=.; KUBECTL_PATH=/usr/bin/kubectl',
    'x=PATH=/usr/bin',
    'unset -f PATH',
    'declare -f PATH',
    'declare -p PATH',
    'read -r LINE',
    'read -p PATH LINE',
    'for x in PATH; do :; done',
    'case PATH in PATH) : ;; esac',
    '[ "$PATH" = /usr/bin ] || [[ $PATH == /usr/bin ]]',
    'cat <<EOF\nPATH=/usr/bin\n/usr/bin/kubectl\n`echo a`\nEOF',
    "cat <<'EOF'\n$(PATH=/usr/bin kubectl)\nEOF",
    "cat > script.sh <<'EOF'\nPATH=/bin\nEOF",
    'cat <<-EOF\n\tPATH=/usr/bin\n\tEOF',
    "grep -q 'PATH=' <<< 'PATH=/bin'",
    'sh script.sh <<EOF\nPATH=/bin\nEOF',
    "echo 'PATH=/bin' | grep PATH",
    'kubectl get node',
    'command kubectl get node',
    'command -v /usr/bin/kubectl',
    'command -V kubectl',
    'type /usr/bin/kubectl',
    '[ -x /usr/bin/kubectl ]',
    'test -x /usr/bin/kubectl && kubectl get',
    'cp /usr/bin/kubectl .',
    'echo /usr/bin/kubectl',
    'ls /usr/bin/kubectl',
    '/usr/bin/date; /bin/cat file',
    '/opt/kubectl/bin/other',
    '/usr/bin/kubectl-not',
    '/usr/bin/env kubectl get',
    'KUBECTL=/usr/bin/kubectl',
    'KUBECTL=kubectl; $KUBECTL get',
    'timeout 5 kubectl get',
    'xargs -P8 kubectl get',
    'env A=1 kubectl',
    'env | grep PATH=',
    'env -i',
    'env -i PATH="$PATH" kubectl',
    'env - PATH=$PATH kubectl',
    'env -u HOME kubectl',
    'sudo env "PATH=$PATH" kubectl',
    'sh -c "kubectl get"',
    "sh -ec 'echo -l'",
    'sh x -l',
    'sh x --login',
    "bash -o pipefail -c ':'",
    'sh -c \'echo "PATH=/bin"\'',
    'su nobody',
    'exec -a name kubectl',
    'exec kubectl',
    'exec 3>&1',
    'ls -l',
    'cat /dev/tcp',
    'echo /dev/tcp/a/1',
    'cat <<< /dev/tcp/a/1',
    'grep -l x',
    'hash -r',
    'enable -n test',
    'getconf PAGESIZE',
    'trap - EXIT',
    'trap \'rm -f "$tmp"\' EXIT',
    'printf "PATH=%s" "$x"',
    'awk \'{ PATH="/bin"; print }\'',
    'f() { kubectl "$@"; }',
    'echo $((PATH + 1))',
    'echo ${x:-PATH=/usr/bin}',
    'if [ -n "$x" ]; then echo "PATH="; fi',
    'busybox cat',
    'a=(PATH=/bin)',
    "x='\nPATH=/bin\n'"
  ])('%j is not', (text) => {
    expect(openings(text)).toEqual([])
  })

  it('has its line, also inside text that a shell is given', () => {
    const text = [
      '#!/bin/bash',
      'echo a \\',
      '  "$(PATH=/bin kubectl)"',
      "bash -c '",
      '  :',
      "  /usr/bin/curl a'",
      'sh <<EOF',
      ':',
      'PATH=/bin',
      'EOF',
      '/usr/bin/wget x'
    ].join('\n')
    expect(openings(text)).toEqual([
      '3: sets PATH',
      '6: calls /usr/bin/curl by its path',
      '9: sets PATH',
      '11: calls /usr/bin/wget by its path'
    ])
  })

  it('is told once a line', () => {
    expect(openings('PATH=/a; PATH=/b; export PATH=/c')).toEqual(['1: sets PATH'])
  })

  it('is refused with each place and what to do', () => {
    const places = findOpenings('PATH=/bin\n/usr/bin/kubectl get', options).map((opening) => ({ source: 'load.sh', ...opening }))
    const { code, message } = worldOpen('load.sh', places)
    expect([code, message.split('\n')]).toEqual([
      'ERR_HERMES_WORLD_OPEN',
      [
        'the loader script load.sh was not run: it could reach the real system:',
        '  load.sh:1: sets PATH. Leave PATH as the test gives it; commands and tools go into the options of the run',
        '  load.sh:2: calls /usr/bin/kubectl by its path. Call it by its name, kubectl, and answer for it in commands',
        'Else world: "namespace" closes these ways too, and world: "open" accepts them'
      ]
    ])
  })

  it('never throws, on any text', () => {
    const piece = fc.constantFrom(
      ...[
        'PATH=',
        '/usr/bin/curl',
        "sh -c '",
        'eval ',
        'env -i ',
        '"',
        "'",
        '$(',
        ')',
        '`',
        '<<E\n',
        'E\n',
        '|',
        ' ',
        '\n',
        '\\',
        '${'
      ]
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), (pieces) => {
        const text = pieces.join('')
        const lines = text.split('\n').length
        for (const { line } of findOpenings(text, options)) expect(line).toBeLessThanOrEqual(lines)
        sourcedLibraries(text)
      })
    )
  })
})

describe('libraries that a script sources', () => {
  it.each([
    ['. ./lib.sh', 'working-folder', './lib.sh'],
    ['source lib.sh', 'PATH', 'lib.sh'],
    ['. "/opt/lib.sh"', 'root', '/opt/lib.sh'],
    ['source "$(dirname "$0")/lib.sh"', 'script', 'lib.sh'],
    ['. "$(dirname -- "$0")/lib.sh"', 'script', 'lib.sh'],
    ['. "`dirname $0`/lib.sh"', 'script', 'lib.sh'],
    ['. "${0%/*}/lib.sh"', 'script', 'lib.sh'],
    ['. "${BASH_SOURCE%/*}/x/lib.sh"', 'script', 'x/lib.sh'],
    ['source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"', 'script', 'lib.sh'],
    ['. "$(cd "$(dirname "$0")" && pwd)/lib.sh"', 'script', 'lib.sh'],
    ['. "$(dirname "$(readlink -f "$0")")/lib.sh"', 'script', 'lib.sh'],
    ['D="$(cd "$(dirname "${BASH_SOURCE[0]}")" >/dev/null 2>&1 && pwd -P)"\n. "$D/lib.sh"', 'script', 'lib.sh'],
    ['D=$(dirname "$0"); L=$D/lib\nif [ -f x ]; then source "${L}/a.sh"; fi', 'script', 'lib/a.sh'],
    ['command . ./lib.sh', 'working-folder', './lib.sh'],
    ['cd "$(dirname "$0")"\n. ./lib.sh', 'script', 'lib.sh'],
    ['cd "$(dirname "${BASH_SOURCE[0]}")" || exit\nsource lib.sh', 'script', 'lib.sh'],
    ['cd -- "$(dirname -- "$0")" && . ./lib.sh', 'script', 'lib.sh'],
    ['cd -P "${0%/*}"/.. >/dev/null; . lib/a.sh', 'script', '../lib/a.sh'],
    ['D=$(dirname "$0")\nif cd "$D/lib"; then cd a; fi; cd ..\n. ./b.sh', 'script', 'lib/b.sh'],
    ['cd "$(dirname "$0")"; (cd /; :); . ./lib.sh', 'script', 'lib.sh'],
    ['cd "$(dirname "$0")"; x=$(cd "$y"; :)\n. ./lib.sh', 'script', 'lib.sh'],
    ['pushd "$(dirname "$0")"; f() { . ./lib.sh; }', 'script', 'lib.sh'],
    ['cd "$(dirname "$0")"; (. ./lib.sh)', 'script', 'lib.sh'],
    ['cd "$(dirname "$0")"; . /lib.sh', 'root', '/lib.sh'],
    ['(cd "$(dirname "$0")"; :); . ./lib.sh', 'working-folder', './lib.sh'],
    ['x=$(cd "$(dirname "$0")" && pwd); . ./lib.sh', 'working-folder', './lib.sh'],
    ['cd "$(dirname "$0")"; cd "$x"; . ./lib.sh', 'working-folder', './lib.sh'],
    ['cd "$(dirname "$0")"; cd -; . ./lib.sh', 'working-folder', './lib.sh'],
    ['pushd "$(dirname "$0")"; popd; . ./lib.sh', 'working-folder', './lib.sh'],
    ['cd "$(dirname "$0")"; cd /tmp; . ./lib.sh', 'working-folder', './lib.sh']
  ])('%j', (text, from, file) => {
    expect(sourcedLibraries(text)).toMatchObject([{ line: text.split('\n').length, file, from }])
  })

  it.each([
    '. "$x/lib.sh"',
    'echo . ./lib.sh',
    '# . ./lib.sh',
    '. <(cat)',
    '. /dev/stdin',
    'source',
    '. "$(dirname "$0")/$x.sh"'
  ])('not %j', (text) => expect(sourcedLibraries(text)).toEqual([]))
})
