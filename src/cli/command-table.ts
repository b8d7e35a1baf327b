import { type Flag, type FlagGroup, formatFlag, helpFlag, percent, resolveFlags, text } from './flags.ts'

/** A command, as help, completions, the manual, docs/command.md and the parser see it. */
export interface Command {
  name: string
  /** What it takes beside flags. */
  operand?: { name: string; summary: string; repeats?: boolean; required?: boolean; choices?: readonly string[] }
  /** What follows `--` is the script's arguments. */
  passesArguments?: boolean
  summary: string
  description: string
  groups: readonly FlagGroup[]
  examples: readonly { what: string; command: string }[]
}

const scriptOperand = { name: 'SCRIPT', summary: 'The loader script; the same as --script.' }

/** In the order in which help lists them. */
export const commands: readonly Command[] = [
  {
    name: 'resolve',
    operand: scriptOperand,
    passesArguments: true,
    summary: 'Run the loader script, and print the modules to load.',
    description:
      'Runs the loader script where there is one, else takes the static configuration, as resolveModules() does, and prints the modules to load.',
    groups: [
      {
        title: 'Output',
        flags: [
          formatFlag(
            'text for a person; json: the resolution; directives: one line a module; env: HERMES_MODULES, for sh to source.',
            'text',
            'json',
            'directives',
            'env'
          )
        ]
      },
      ...resolveFlags
    ],
    examples: [
      { what: 'What this container would load', command: 'hermes-modules resolve' },
      { what: 'A script of your own, without a configuration', command: 'hermes-modules resolve ./load.sh --no-static-config' },
      {
        what: 'The first of several init containers; the others leave the mode out',
        command: 'hermes-modules resolve --record /run/hermes/record --record-mode begin --format env >/run/hermes/modules.env'
      },
      { what: 'With arguments for the script', command: 'hermes-modules resolve ./load.sh -- --zone a' }
    ]
  },
  {
    name: 'check',
    operand: { name: 'FILE', summary: 'A file to check, or - for stdin.', repeats: true, required: true },
    summary: 'Check loader scripts, static configurations, directives and ConfigMaps.',
    description:
      "Checks files without running anything, and prints every problem as path:line:column. What a file is shows from its content: a static configuration, directives, a loader script (is its interpreter there, its syntax right, can anybody write it), or ConfigMaps that hold such, in any document of a YAML file. Where shellcheck is installed, its findings are shown too, at the YAML file's own lines.",
    groups: [
      {
        title: 'Output',
        flags: [
          formatFlag(
            'text for a person; json; sarif: SARIF 2.1.0, for code scanning; github: annotations of GitHub Actions.',
            'text',
            'json',
            'sarif',
            'github'
          )
        ]
      },
      {
        title: 'What is checked',
        flags: [
          {
            name: 'as',
            value: 'KIND',
            choices: ['config', 'directives', 'script', 'configmap'],
            summary: 'What the files are.',
            default: 'told by their content'
          },
          ...flagsNamed('keys', 'interpreter', 'trust'),
          { name: 'no-shellcheck', summary: 'Leave shellcheck out, also where it is installed.' }
        ]
      }
    ],
    examples: [
      { what: 'Everything under deploy', command: 'hermes-modules check deploy/*.yaml deploy/*.sh' },
      { what: 'What a chart renders to', command: 'helm template . | hermes-modules check -' },
      {
        what: 'For code scanning',
        command: 'hermes-modules check --format sarif deploy/loader.yaml >hermes.sarif'
      }
    ]
  },
  {
    name: 'explain',
    operand: scriptOperand,
    passesArguments: true,
    summary: 'Show what would run and why, without running it.',
    description:
      'Shows the way of the decision step by step: the record, the script, what would run it, the static configuration, the names of the variables that the script would get. Runs nothing and writes nothing. It takes the options of resolve.',
    groups: [
      { title: 'Output', flags: [formatFlag('text: a tree; json: what explainResolution() gives.', 'text', 'json')] },
      ...resolveFlags
    ],
    examples: [
      { what: 'Why this container loads what it loads', command: 'hermes-modules explain' },
      { what: 'What a step with a record would do', command: 'hermes-modules explain --record /run/hermes/record' }
    ]
  },
  {
    name: 'render',
    operand: scriptOperand,
    passesArguments: true,
    summary: 'Put the modules into a workload, as sidecars.',
    description:
      'Resolves the modules as resolve does, puts them as native sidecars into every workload of a YAML or JSON file, and prints the file for kubectl apply -f -. Only what the sidecars change differs: comments, order, quotes and all other objects stay as they are. Modules that were there before and are chosen no longer are taken out. It takes the options of resolve.',
    groups: [
      {
        title: 'Workload',
        flags: [
          {
            name: 'file',
            short: 'f',
            value: 'FILE',
            takes: text,
            summary: 'The file with the workload, or - for stdin. It may have several documents, and Lists.',
            completes: 'file'
          },
          {
            name: 'sidecars',
            value: 'FILE',
            takes: text,
            summary:
              'The YAML file that maps each module to its template: container, volumes, imagePullSecrets, shareProcessNamespace, target.',
            completes: 'file'
          },
          {
            name: 'only',
            value: 'KIND/NAME',
            takes: { what: 'KIND/NAME, such as deployment/web', accepts: (value) => /^[^/]+\/[^/]+$/.test(value) },
            repeats: true,
            summary: 'A workload to put them into; others stay as they are.',
            default: 'every one of a kind that holds a Pod'
          },
          {
            name: 'target',
            value: 'NAME',
            takes: text,
            summary: 'The app container that is watched.',
            default: 'the one of before, else that of kubectl.kubernetes.io/default-container, else the first'
          },
          {
            name: 'position',
            value: 'WHERE',
            takes: {
              what: 'first, last, before:NAME or after:NAME',
              accepts: (value) => /^(?:first|last|(?:before|after):.+)$/.test(value)
            },
            summary: "Where the sidecars go among the Pod's own init containers: first, last, before:NAME or after:NAME.",
            default: 'first'
          }
        ]
      },
      ...resolveFlags
    ],
    examples: [
      {
        what: 'Into the cluster',
        command: 'hermes-modules render -f web.yaml --sidecars sidecars.yaml | kubectl apply -f -'
      },
      {
        what: 'What a chart renders to, with modules that are chosen already',
        command: 'helm template . | hermes-modules render -f - --sidecars sidecars.yaml --no-script --static-config modules.yaml'
      },
      {
        what: 'One of several workloads',
        command: 'hermes-modules render -f all.yaml --sidecars sidecars.yaml --only deployment/web --target app'
      }
    ]
  },
  {
    name: 'test',
    operand: {
      name: 'FILE',
      summary: 'A file of tests, or a folder that has some. Without any: every *.loader.yaml below the working folder.',
      repeats: true
    },
    summary: 'Run tests of loader scripts that are written as data.',
    description:
      'Runs the cases of *.loader.yaml files: each is one run of the real script in a closed world, with the environment and the command stubs that the file gives, held against the modules that it expects. Every problem of a file is shown at its place. node_modules and folders that begin with a dot are not searched.',
    groups: [
      {
        title: 'Output',
        flags: [
          formatFlag(
            'pretty for a person; tap: TAP version 14; junit: XML; github: annotations of GitHub Actions.',
            'pretty',
            'tap',
            'junit',
            'github'
          ),
          {
            name: 'coverage',
            value: 'FOLDER',
            takes: text,
            summary: 'Trace the scripts, and write what was reached of them to lcov.info there.',
            completes: 'folder'
          },
          { name: 'min', value: 'PERCENT', takes: percent, summary: 'Fail where less of the lines is reached.' }
        ]
      },
      {
        title: 'What is done',
        flags: [
          { name: 'watch', summary: 'Run again when the tests, a script or a library of it change.' },
          { name: 'update', summary: 'Write what the scripts do into the files, where a case expects something else.' },
          {
            name: 'init',
            value: 'SCRIPT',
            takes: text,
            summary: 'Run no tests: write first ones for a script, beside it, that pass.',
            completes: 'file'
          }
        ]
      }
    ],
    examples: [
      { what: 'Every test below this folder', command: 'hermes-modules test' },
      { what: 'First tests of a script', command: 'hermes-modules test --init deploy/load-sidecars.sh' },
      { what: 'For continuous integration', command: 'hermes-modules test --format junit deploy >report.xml' },
      { what: 'With coverage', command: 'hermes-modules test --coverage coverage --min 90' }
    ]
  },
  {
    name: 'help',
    operand: {
      name: 'COMMAND',
      summary: 'The command to explain.',
      choices: ['resolve', 'check', 'explain', 'render', 'test', 'help']
    },
    summary: 'Show help, the manual, or completions for a shell.',
    description: 'Shows what a command does and takes. Completions and the manual are made from the same table as this help.',
    groups: [
      {
        title: 'Output',
        flags: [
          formatFlag(
            'text; man: the manual page; bash, zsh, fish: completions for that shell.',
            'text',
            'man',
            'bash',
            'zsh',
            'fish'
          )
        ]
      }
    ],
    examples: [
      { what: 'Completions in bash', command: 'source <(hermes-modules help --format bash)' },
      {
        what: 'Completions in zsh, in a folder of $fpath',
        command: 'hermes-modules help --format zsh >~/.zfunc/_hermes-modules'
      },
      {
        what: 'Completions in fish',
        command: 'hermes-modules help --format fish >~/.config/fish/completions/hermes-modules.fish'
      },
      { what: 'The manual', command: 'hermes-modules help --format man | man -l -' }
    ]
  }
]

/** All flags of a command, `--help` included. */
export function flagsOf(command: Command): Flag[] {
  return [...command.groups.flatMap(({ flags }) => flags), helpFlag]
}

function flagsNamed(...names: readonly string[]): Flag[] {
  const all = resolveFlags.flatMap(({ flags }) => flags)
  return names.flatMap((name) => all.filter((flag) => flag.name === name))
}
