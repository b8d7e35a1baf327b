/** What runs a script, and what said so; or why that can't be decided. */
export type InterpreterChoice =
  | { argv: readonly string[]; namedBy: 'option' | '#!' | 'default' }
  | { why: string; remedy: string }

/** The shell of a script that names none: POSIX says `sh`, and every system has it here. */
const defaultInterpreter: readonly string[] = ['/bin/sh']

/** The `interpreter` option, else the script's `#!` line, else `/bin/sh`. The exec bit does not matter: a ConfigMap file is 0644. */
export async function chooseInterpreter(option: readonly string[] | undefined, bytes: Uint8Array): Promise<InterpreterChoice> {
  if (option) return { argv: option, namedBy: 'option' }
  const lines = headOf(bytes)
  const [first = ''] = lines
  if (first.startsWith('#!')) return readHashBang(first)
  const pushedDown = lines.findIndex((line) => /^\s*#!/.test(line))
  if (pushedDown < 0) return { argv: defaultInterpreter, namedBy: 'default' }
  const where = pushedDown === 0 ? 'after white space' : `in line ${pushedDown + 1}`
  // Run by another shell than it was written for, a script takes the wrong branch and exits 0.
  return {
    why: `its #! stands ${where}, where no system looks for it`,
    remedy: 'Move it to the very start of the file, or set script.interpreter'
  }
}

/** The first five lines, whole: one of any length may stand before the `#!`. The decoder drops a byte order mark. */
function headOf(bytes: Uint8Array): string[] {
  let end = 0
  for (let line = 0; line < 5 && end < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, end)
    end = newline < 0 ? bytes.length : newline + 1
  }
  return new TextDecoder().decode(bytes.subarray(0, end)).split('\n', 5)
}

async function readHashBang(line: string): Promise<InterpreterChoice> {
  const remedy = 'Write #!/bin/bash or #!/usr/bin/env bash, or set script.interpreter'
  if (line.endsWith('\r'))
    return {
      why: 'its first line ends in CR LF, so that the CR is part of the name',
      remedy: 'Save the script with Unix line ends'
    }
  const argv = await splitCommand(line.slice(2))
  if (argv === undefined) return { why: 'its #! line holds more than plain words', remedy }
  const [program, ...rest] = argv
  if (program === undefined) return { why: 'its #! line names no program', remedy }
  if (!program.startsWith('/')) return { why: `its #! line names ${program}, which is no absolute path`, remedy }
  return { argv: [program, ...(/\/env$/.test(program) ? withoutSplitOption(rest) : rest)], namedBy: '#!' }
}

// `env -S` only splits what the kernel hands over as one word. We have split it, and busybox's env doesn't know the option.
function withoutSplitOption([first, ...rest]: string[]): string[] {
  if (first === undefined) return []
  const attached = /^(?:-S|--split-string=?)(.*)$/s.exec(first)?.[1]
  if (attached === undefined) return [first, ...rest]
  return attached === '' ? rest : [attached, ...rest]
}

/** Splits a command line into plain words, as a shell would; nothing where there is more to it: `$X`, `*`, `;`, an open quote. */
export async function splitCommand(command: string): Promise<string[] | undefined> {
  if (plainWords.test(command)) return command.split(/[ \t]+/).filter(Boolean)
  if (!closedQuotes.test(command)) return undefined
  const { parse } = await import('shell-quote')
  const words = parse(command, (name) => ({ op: `$${name}` }))
  return words.every((word) => typeof word === 'string') ? words : undefined
}

// Most command lines are no more than that, and so cost no import at the start of a container.
const plainWords = /^[\w/.:=+, \t-]*$/

// shell-quote says nothing about a quote that is never closed, and takes a backquote for a letter.
const closedQuotes = /^(?:[^'"\\`]|\\.|'[^']*'|"(?:[^"\\`]|\\.)*")*$/s
