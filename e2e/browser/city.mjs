// A demonstration city as a process of its own: started on free ports, read until it has told its passwords, stopped.

import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { ROOT, within } from './lib.mjs'

const START_MS = 60_000
const STOP_MS = 10_000

export class City {
  passwords = new Map()
  base = ''
  log = ''

  /** Starts a city; what it writes goes into a folder of its own. */
  constructor(binary, folder) {
    mkdirSync(folder, { recursive: true })
    this.folder = folder
    // Port 0 lets the system choose free ones; the city prints which.
    const args = ['demo', '--http', '127.0.0.1:0', '--hj212', '127.0.0.1:0']
    const env = { ...process.env, TMPDIR: folder }
    this.process = spawn(binary, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.ended = new Promise((resolve) => {
      this.process.once('error', (error) => resolve({ error: error.message }))
      this.process.once('exit', (code, signal) => resolve({ code, signal }))
    })
    this.process.stderr.setEncoding('utf8').on('data', (text) => (this.log += text))
    this.told = new Promise((resolve, refuse) => {
      let said = ''
      this.process.stdout.setEncoding('utf8').on('data', (text) => {
        said += text
        if (said.includes('HJ 212 over TCP')) resolve(said)
      })
      this.ended.then((end) =>
        refuse(new Error(`the city ended before it was ready: ${JSON.stringify(end)}\n${this.log}`)),
      )
    })
    this.told.catch(() => {})
  }

  /** Waits until it has told its story, its address and its accounts. */
  async ready() {
    const said = await within(START_MS, this.told, 'starting a city')
    this.base = /http:\/\/[\d.]+:\d+/.exec(said)[0]
    for (const line of said.split('\n')) {
      const [, login, password] = /^ {2}([a-z-]+-\d+) +(\S+)$/.exec(line) ?? []
      if (login) this.passwords.set(login, password)
    }
  }

  /** Asks it to end, waits, and insists if it must. Says how it ended. */
  async stop() {
    this.process.kill('SIGTERM')
    try {
      return await within(STOP_MS, this.ended, 'stopping a city')
    } catch (error) {
      this.kill()
      return { error: error.message }
    }
  }

  /** What it left in its folder. */
  left() {
    return readdirSync(this.folder)
  }

  /** The last resort. */
  kill() {
    this.process.kill('SIGKILL')
  }
}
