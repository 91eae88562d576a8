// Small things that every part of the walk uses: the tally of checks, the words of the pages, waiting.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

/** Counts checks and prints one line for each. */
export class Tally {
  passed = 0
  failed = 0

  /** One check. `faults` is a list; the check passes when it is empty, and `shows` then says what was seen. */
  check(name, faults, shows = '') {
    const found = [faults].flat().filter(Boolean)
    if (found.length === 0) this.passed += 1
    else this.failed += 1
    const tail = found.length === 0 ? shows : found.join(' | ')
    console.log(`${found.length === 0 ? 'ok  ' : 'FAIL'} ${name}${tail ? `: ${tail}` : ''}`)
  }

  /** One check on two values. */
  same(name, seen, wanted) {
    this.check(name, seen === wanted ? [] : `${text(seen)} instead of ${text(wanted)}`, text(seen))
  }

  /** One check on a condition. */
  holds(name, condition, otherwise, shows = '') {
    this.check(name, condition ? [] : text(otherwise), shows)
  }
}

const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value))

/** The pages' own words, by section and key: the walk finds things by what a person reads. */
export function wordsOf(lang) {
  const words = {}
  let section = words
  for (const line of readFileSync(path.join(ROOT, `crates/web/texts/${lang}.toml`), 'utf8').split('\n')) {
    const [, title] = /^\[(\w+)\]$/.exec(line) ?? []
    const [, key, quoted] = /^(\w+)\s*=\s*(".*")$/.exec(line) ?? []
    if (title) words[title] = section = {}
    if (key) section[key] = JSON.parse(quoted)
  }
  return words
}

/** A sentence with its places filled in; a place that is not given may hold anything. */
export function sentence(pattern, slots = {}) {
  const parts = pattern.split(/\{(\w+)\}/)
  const source = parts.map((part, at) => {
    if (at % 2 === 0) return escaped(part)
    return part in slots ? escaped(slots[part]) : '.+?'
  })
  return new RegExp(source.join(''), 's')
}

const escaped = (part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Waits for a promise, but not for ever. */
export async function within(ms, promise, what) {
  let timer
  const late = new Promise((_, refuse) => {
    timer = setTimeout(() => refuse(new Error(`${what}: nothing after ${ms / 1000} s`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
