// Walks through the pages of a demonstration city in a real browser, in both languages, and looks at every page.
//
//   DATONG_BIN    the program (required)
//   DATONG_SHOTS  a folder for pictures of every page at 375, 1440 and 1920; without it none are taken
//
// Chinese is walked with the mouse and English with the keyboard alone, at the same time, each in a city of its own, because an
// act can be done once. What the walk starts it stops, also when it fails. Prints one line for each check; succeeds if all passed.

import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright-core'
import { Audit } from './audit.mjs'
import { City } from './city.mjs'
import { prove, proveComplaints } from './controls.mjs'
import { journey } from './journey.mjs'
import { ROOT, Tally, within, wordsOf } from './lib.mjs'
import { drawn } from './map.mjs'
import { Walk } from './person.mjs'

const LANGUAGES = ['zh', 'en']
const LANGUAGE_MS = 600_000
const CHROMIUM_ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** What was started, to be stopped in any case. */
const started = { cities: [], browser: null, folder: mkdtempSync(path.join(tmpdir(), 'datong-walk-')) }
process.once('exit', () => {
  started.cities.forEach((city) => city.kill())
  rmSync(started.folder, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => stop().finally(() => process.exit(130)))

function onPath(program) {
  const places = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, program))
  const found = places.find((place) => existsSync(place))
  if (!found) throw new Error(`${program} is not on the PATH`)
  return found
}

async function start() {
  const binary = process.env.DATONG_BIN
  if (!binary) throw new Error('set DATONG_BIN to the program, as `cargo xtask test` does')
  // Each is noted down before it is waited for, so that it is stopped also when another fails.
  started.cities = LANGUAGES.map((lang) => new City(path.resolve(binary), path.join(started.folder, lang)))
  const options = {
    executablePath: onPath('chromium'),
    args: CHROMIUM_ARGS,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  }
  const browser = chromium.launch(options).then((browser) => (started.browser = browser))
  const done = await Promise.allSettled([browser, ...started.cities.map((city) => city.ready())])
  const failed = done.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
}

/** Stops everything, once. Gives back how each city ended. */
function stop() {
  started.stopped ??= (async () => {
    await started.browser?.close().catch(() => {})
    return Promise.all(started.cities.map(async (city) => ({ city, end: await city.stop() })))
  })()
  return started.stopped
}

/** The walk in one language; gives back what was seen, for the second look. */
async function walkIn(lang, city, tally, shots) {
  const { browser, folder } = started
  const walk = new Walk({ tally, city, browser, lang, words: wordsOf(lang), shots, keyboard: lang === 'en' })
  try {
    if (lang === 'zh') await proveComplaints(walk)
    await within(LANGUAGE_MS, journey(walk, folder), `the walk in ${lang}`)
  } catch (error) {
    walk.check('the walk comes to its end', error.stack ?? error)
  }
  return walk.records
}

/** The second look at recorded pages. */
async function lookAgain(lang, city, tally, records) {
  try {
    const audit = await Audit.open(started.browser)
    if (lang === 'zh') await prove(tally, audit, city.base, records)
    const looks = async () => {
      for (const record of records) await audit.look(tally, record)
    }
    await within(LANGUAGE_MS, looks(), 'the second look')
    await audit.close()
  } catch (error) {
    tally.check(`${lang} the second look comes to its end`, error.stack ?? error)
  }
}

/** The city's tiles, drawn by MapLibre. */
async function mapOfOthers(city, tally) {
  try {
    const { faults, lines, dots } = await within(60_000, drawn(city.base, onPath('chromium')), 'MapLibre')
    tally.check('MapLibre: no complaints', faults)
    tally.same('MapLibre: every division has its line', new Set(lines).size, 11)
    tally.same('MapLibre: every monitored source is a dot', new Set(dots).size, 4)
  } catch (error) {
    tally.check('MapLibre draws the tiles', error.stack ?? error)
  }
}

async function main() {
  const tally = new Tally()
  const begun = Date.now()
  const shots = process.env.DATONG_SHOTS ? path.resolve(process.env.DATONG_SHOTS) : null
  if (shots && !path.relative(ROOT, shots).startsWith('..'))
    throw new Error('DATONG_SHOTS must lie outside the repository')
  if (shots) mkdirSync(shots, { recursive: true })
  try {
    await start()
    const walks = LANGUAGES.map(async (lang, at) => {
      const city = started.cities[at]
      await lookAgain(lang, city, tally, await walkIn(lang, city, tally, shots))
    })
    await Promise.all(walks)
    await mapOfOthers(started.cities[0], tally)
  } catch (error) {
    tally.check('the walk goes on', error.message ?? String(error))
  } finally {
    for (const { city, end } of await stop()) {
      const name = `${path.basename(city.folder)} city`
      tally.holds(`${name}: ends when asked`, end.code === 0, end)
      tally.check(
        `${name}: its log is clean`,
        city.log.split('\n').filter((line) => /WARN|ERROR|panicked/.test(line)),
      )
      tally.check(`${name}: leaves nothing behind`, city.left())
    }
  }
  console.log(`\n${tally.passed} passed, ${tally.failed} failed, ${((Date.now() - begun) / 1000).toFixed(1)} s`)
  return tally.failed === 0 && tally.passed > 0 ? 0 : 1
}

process.exit(await main())
