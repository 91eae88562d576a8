// A receipt is checked by the page of Python in docs/, without the program that issued it.

import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from './lib.mjs'

const run = promisify(execFile)
const VERIFIER = path.join(ROOT, 'docs/verify_receipt.py')

/** The last line that the verifier prints: VALID … or NOT VALID …. */
export async function verdict(receipt, key) {
  const python = await pythonWithKeys()
  const done = await run(python, [VERIFIER, receipt, '--key', key]).catch((failed) => failed)
  const lines = `${done.stdout ?? ''}`.trim().split('\n')
  return lines.findLast((line) => line.includes('VALID')) ?? `no verdict: ${done.stderr ?? done}`
}

/** The same receipt with one digit of its record changed. */
export function altered(receipt) {
  const whole = JSON.parse(receipt)
  const at = whole.leaf.length - 1
  const digit = whole.leaf[at] === '0' ? '1' : '0'
  return JSON.stringify({ ...whole, leaf: whole.leaf.slice(0, at) + digit })
}

let found
async function pythonWithKeys() {
  for (const python of found ? [found] : ['/usr/bin/python3', 'python3']) {
    const able = await run(python, ['-c', 'import cryptography']).then(
      () => true,
      () => false,
    )
    if (able) return (found = python)
  }
  throw new Error('no Python with the package `cryptography`: install python3-cryptography')
}
