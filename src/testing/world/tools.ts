import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'

/** What a script finds in the closed world without being asked for: nothing that sends, schedules or prints. */
export const defaultTools: readonly string[] = words(`
  sh [ awk base32 base64 basename cat chgrp chmod chown cksum cmp comm cp csplit cut date dd df diff dir dirname du echo egrep
  env expand expr factor false fgrep find flock fmt fold getopt grep gunzip gzip head id install join kill link ln logname ls
  md5sum mkdir mkfifo mktemp mv nice nl nohup nproc numfmt od paste pathchk pr printenv printf pwd readlink realpath rm rmdir
  sed seq setsid sha1sum sha224sum sha256sum sha384sum sha512sum shuf sleep sort split stat stdbuf stty sum sync tac tail tee
  test timeout touch tr true truncate tsort tty uname unexpand uniq unlink vdir wc which who whoami xargs yes zcat`)

/** What reaches beyond the machine: refused, unless it is stubbed, absent or named in `tools`. */
export const networkTools: readonly string[] = words(`
  aws az buildah consul crictl ctr curl dig docker doctl eksctl etcdctl fetch flux ftp gcloud gh git glab gsutil helm host http
  istioctl kubectl lftp mongosh mysql nc ncat netcat nerdctl nslookup oc openssl ping ping6 podman psql rclone redis-cli rsync
  s3cmd scp sftp skopeo socat ssh ssh-keyscan telnet terraform tftp traceroute vault wget wget2`)

/** What a shell answers itself, so that nothing on `PATH` is asked: builtins of bash and dash, and the words of the grammar. */
export const shellBuiltins: ReadonlySet<string> = new Set(
  words(`
  . : [ alias bg bind break builtin caller cd chdir command compgen complete compopt continue declare dirs disown echo enable
  eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd read
  readarray readonly return set shift shopt source suspend test times trap true type typeset ulimit umask unalias unset wait
  ! [[ { } case coproc do done elif else esac fi for function if in select then time until while`)
)

/** Where the tools of a system are, whoever uses it. */
const systemFolders: readonly string[] = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']

/** `PATH` in a namespace, and where commands are covered there: what shells and `execvp` use where there is none is among them. */
export const searchFolders: readonly string[] = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** The name by which a command is found along {@link searchFolders}: one with a path may lie elsewhere. */
export function nameOnPath(command: string): string | undefined {
  if (!path.isAbsolute(command)) return command
  return searchFolders.includes(path.dirname(command)) ? path.basename(command) : undefined
}

/** Why nobody can put a file at an absolute path of a namespace, said so that it can follow the path. */
export function whyNoPlace(file: string): string | undefined {
  if (/^\/(?:dev|proc|sys)(?:\/|$)/.test(file)) return "lies in a folder of the kernel, which can't be given"
  if (/^\/\.hermes(?:\/|$)/.test(file)) return 'lies in a folder of the kit'
  const isFolder =
    searchFolders.includes(file) || /^\/(?:|etc|gnu|lib\w*|nix|opt|run|tmp|usr(?:\/local)?|var(?:\/run|\/tmp)?)$/.test(file)
  return isFolder ? 'is a folder, in which a file can be given' : undefined
}

/** A default tool where this machine has it. The path is that of the system's folder: a tool of many names looks at its own. */
export function findSystemTool(name: string): string | undefined {
  return findIn(systemFolders, name)
}

/** A tool that was asked for: where the system has it, else along this process's own `PATH`. */
export function findTool(name: string): string | undefined {
  return findSystemTool(name) ?? findIn(ownPath(), name)
}

/** The folders of this process's own `PATH`. */
export function ownPath(): string[] {
  return (process.env['PATH'] ?? '').split(':').filter((folder) => path.isAbsolute(folder))
}

function findIn(folders: readonly string[], name: string): string | undefined {
  return folders.map((folder) => path.join(folder, name)).find(isProgram)
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
