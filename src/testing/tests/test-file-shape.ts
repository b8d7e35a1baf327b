import { quote } from '../../core/clean-text.ts'
import { nameHint, namePattern, reservedKeys } from '../../core/names.ts'
import { errorCodes } from './error-codes.ts'
import type { Shape, TextRule } from './shape.ts'
import { jsonSchemaOf } from './shape-schema.ts'

const nameRule = (what: string): TextRule => ({
  pattern: namePattern,
  problem: (text) => ({ code: 'invalid-name', message: `${quote(text)} is no ${what} name`, hint: nameHint(text) })
})
const variableRule: TextRule = {
  pattern: /^[^=\u0000]+$/,
  problem: (text) => ({ code: 'invalid-config', message: `${quote(text)} is no name of a variable`, hint: 'a name has no "="' })
}
const filledRule = (what: string): TextRule => ({
  pattern: /^[^\u0000]+$/,
  problem: (text) => ({ code: 'invalid-config', message: `${quote(text)} is no ${what}` })
})
const keyRule: TextRule = {
  pattern: new RegExp(`^(?!(?:${reservedKeys.join('|')})$)[A-Za-z][A-Za-z0-9_-]{0,63}$`),
  problem: (text) => ({
    code: 'invalid-name',
    message: `${quote(text)} can be no key`,
    hint: `a key has 1 to 64 letters, digits, "-", "_", and starts with a letter; none of ${reservedKeys.join(', ')}`
  })
}
const commandRule: TextRule = {
  pattern: /^(?!\.{1,2}$)[^/\u0000]+$/,
  problem: (text) => ({
    code: 'invalid-config',
    message: `${quote(text)} is no name of a command`,
    hint: text.includes('/') ? 'a command that is called by its path is not looked for on PATH' : undefined
  })
}

const moduleName: Shape = { type: 'text', takes: 'the name of a module', accepts: nameRule('module') }
const configName: Shape = { type: 'text', takes: 'the name of a config', accepts: nameRule('config') }
const text: Shape = { type: 'text', takes: 'a text' }
const words = (takes: string, accepts?: TextRule): Shape => ({
  type: 'list',
  takes,
  items: { type: 'text', takes: 'a text', ...(accepts && { accepts }) },
  orNull: true
})
const count = (description: string): Shape => ({
  type: 'integer',
  takes: 'an integer from 1 to 2147483647',
  minimum: 1,
  maximum: 2_147_483_647,
  description
})

const env: Shape = {
  type: 'record',
  takes: 'an object of texts',
  names: variableRule,
  values: text,
  orNull: true,
  description: 'The whole environment of the script; a case adds to that of the file.',
  examples: [{ CLUSTER_ENV: 'production' }]
}

const replyMembers: Readonly<Record<string, Shape>> = {
  stdout: { type: 'text', takes: 'a text', description: 'What it prints.' },
  stderr: { type: 'text', takes: 'a text', description: 'What it prints on stderr.' },
  exitCode: {
    type: 'integer',
    takes: 'an integer from 0 to 255',
    minimum: 0,
    maximum: 255,
    description: 'What it exits with; 0 where nothing is said.'
  },
  stdin: {
    type: 'boolean',
    takes: 'true or false',
    description: 'Whether it reads its stdin. Without it: where that is a pipe or a file that its parent does not share.'
  },
  times: {
    type: 'integer',
    takes: 'an integer from 0',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'So many calls, no more and no less.'
  },
  required: { type: 'boolean', takes: 'true or false', description: 'At least one call.' }
}

const argument: Shape = {
  type: 'choice',
  takes: 'a text, or { any: true }',
  of: [
    { type: 'text', takes: 'a text' },
    {
      type: 'object',
      takes: '{ any: true }',
      members: { any: { type: 'boolean', only: true, takes: 'true' } },
      required: ['any'],
      description: 'Any one argument.'
    }
  ]
}

const commands: Shape = {
  type: 'record',
  takes: 'an object of stubs',
  names: commandRule,
  orNull: true,
  description: 'What stands for commands: one answer, or a list of answers by arguments, of which the first that fits is taken.',
  examples: [{ kubectl: { stdout: 'zone-a\n' } }, { kubectl: [{ args: ['get', 'node', { any: true }], stdout: 'zone-a\n' }] }],
  values: {
    type: 'choice',
    takes: 'an object such as { stdout: TEXT }, or a list of objects with "args"',
    of: [
      { type: 'object', takes: 'an object such as { stdout: TEXT }', members: replyMembers },
      {
        type: 'list',
        takes: 'a list of objects with "args"',
        items: {
          type: 'object',
          takes: 'an object with "args"',
          members: {
            args: {
              type: 'list',
              takes: 'a list of texts and { any: true }',
              items: argument,
              description: 'All arguments of the call.'
            },
            ...replyMembers
          },
          required: ['args']
        }
      }
    ]
  }
}

const files: Shape = {
  type: 'record',
  takes: 'an object of texts by their paths',
  names: filledRule('path of a file'),
  values: text,
  orNull: true,
  description: 'Files in the working folder of the script, which is empty otherwise.',
  examples: [{ 'podinfo/labels': 'zone="a"\n' }]
}

const args: Shape = { ...words('a list of texts'), description: "The script's $1 and on." }

const expect: Shape = {
  type: 'choice',
  takes: 'a list of modules, none, or { error: CODE }',
  description: 'The modules that the script gives, in their order; none; or the error with which it fails.',
  examples: [['mem-logger', { module: 'mem-profiler', config: 'prod-tunings' }], 'none', { error: 'ERR_HERMES_SCRIPT_EXIT' }],
  of: [
    {
      type: 'word',
      takes: 'a list of modules, none, or { error: CODE }',
      words: ['none'],
      hint: (given) => (namePattern.test(given) ? `a module stands in a list: [${given}]` : 'write it as [MODULE]')
    },
    {
      type: 'list',
      takes: 'a list of modules',
      items: {
        type: 'choice',
        takes: 'the name of a module, or an object with "module" and "config"',
        of: [
          moduleName as Exclude<Shape, { type: 'choice' }>,
          {
            type: 'object',
            takes: 'an object with "module" and "config"',
            members: { module: moduleName, config: configName },
            required: ['module'],
            others: text
          }
        ]
      }
    },
    {
      type: 'object',
      takes: '{ error: CODE }',
      members: { error: { type: 'word', takes: 'the code of an error', words: errorCodes } },
      required: ['error']
    }
  ]
}

/** The form of a `*.loader.yaml`. */
export const testFileShape: Shape = {
  type: 'object',
  takes: 'an object with "script" and "cases"',
  description: 'Tests of a loader script: hermes-modules test.',
  members: {
    $schema: { type: 'text', takes: 'a text', description: 'Where an editor finds this schema; nothing else looks at it.' },
    script: {
      type: 'choice',
      takes: 'a path, or { configMap: PATH, key: KEY }',
      description: 'The loader script, as a path from this file, or the ConfigMap that has it.',
      examples: ['load-sidecars.sh', { configMap: 'loader.yaml', key: 'load-sidecars.sh' }],
      of: [
        { type: 'text', takes: 'a path', accepts: filledRule('path') },
        {
          type: 'object',
          takes: '{ configMap: PATH, key: KEY }',
          members: {
            configMap: {
              type: 'text',
              takes: 'a path',
              accepts: filledRule('path'),
              description: 'The YAML file, from this file.'
            },
            key: { type: 'text', takes: 'a key of its data', description: 'The key of the script in its data.' }
          },
          required: ['configMap', 'key']
        }
      ]
    },
    catalog: {
      type: 'record',
      takes: 'an object of lists of config names by module name',
      names: nameRule('module'),
      orNull: true,
      values: { type: 'list', takes: 'a list of config names', items: configName, orNull: true },
      description: 'The modules that there are, each with the names of its configs. Without it any module is.',
      examples: [{ 'mem-profiler': ['prod-tunings'], 'mem-logger': [] }]
    },
    env,
    commands,
    files,
    absent: { ...words('a list of names of commands', commandRule), description: 'Commands that are not installed.' },
    tools: {
      ...words('a list of names of commands', commandRule),
      description: 'Programs of this machine beside the default tools.'
    },
    args,
    interpreter: {
      type: 'choice',
      takes: 'a command line, or a list of words',
      description: "What runs the script. Without it: the script's #! line, else /bin/sh.",
      examples: ['bash -eu', ['busybox', 'sh']],
      of: [
        { type: 'text', takes: 'a command line', accepts: filledRule('command line') },
        { type: 'list', takes: 'a list of words', items: text, atLeast: 1 }
      ]
    },
    keys: { ...words('a list of keys', keyRule), description: 'Keys of directives beside module and config.' },
    limits: {
      type: 'object',
      takes: 'an object of limits',
      orNull: true,
      description: 'Limits of the script.',
      members: {
        timeoutMs: count('Milliseconds until it is ended. Without it: 30000.'),
        killGraceMs: count('Milliseconds from SIGTERM to SIGKILL. Without it: 2000.'),
        settleMs: count('Milliseconds that its output is waited for when something still holds it. Without it: 500.'),
        maxOutputBytes: count('Bytes that it may print on one channel. Without it: 1048576.'),
        maxDirectives: count('Directives and messages that it may print. Without it: 1000.')
      }
    },
    world: {
      type: 'word',
      takes: 'path, namespace or open',
      words: ['path', 'namespace', 'open'],
      description: 'How the script is kept from what is around it. Without it: path.'
    },
    cases: {
      type: 'list',
      takes: 'a list of at least one case',
      atLeast: 1,
      description: 'Each is one run of the script.',
      items: {
        type: 'object',
        takes: 'an object with "expect"',
        members: {
          name: { type: 'text', takes: 'a text', description: 'What the case is called. Without it: its variables.' },
          env,
          commands,
          files,
          args,
          expect
        },
        required: ['expect']
      }
    }
  },
  required: ['script', 'cases']
}

/** The JSON Schema of a `*.loader.yaml`, for editors: draft 2020-12, to be a part of another. */
export function loaderTestsJsonSchema(): Readonly<Record<string, unknown>> {
  return { title: 'hermes-memory-installer: tests of a loader script', ...jsonSchemaOf(testFileShape) }
}
