// A person at a browser: a window without scripts, a pair of hands (mouse or keyboard), and a look at every page.

import path from 'node:path'
import { sentence } from './lib.mjs'
import { focus, look, overflow, smallTargets, stops } from './look.mjs'

const PHONE = { width: 375, height: 812 }
const DESK = { width: 1440, height: 900 }
/** A screen on a wall. */
const WIDE = 1920
/** Further widths: a small phone, which is also a desk at 400 %, and a desk at 200 %. */
const MORE_WIDTHS = [320, 720, WIDE]
/** Those of which pictures are taken. */
const SHOT_WIDTHS = [PHONE.width, DESK.width, WIDE]
const PAGE_BYTES_MAX = 100_000
const ACT_MS = 15_000

/** What is the same for everybody who walks in one language through one city. */
export class Walk {
  constructor({ tally, city, browser, lang, words, shots, keyboard }) {
    Object.assign(this, { tally, city, browser, lang, words, shots, keyboard })
    this.tag = lang === 'zh' ? 'zh-CN' : 'en'
    this.records = []
    this.titles = new Map()
  }

  check(name, faults, shows) {
    this.tally.check(`${this.lang} ${name}`, faults, shows)
  }

  holds(name, condition, otherwise, shows) {
    this.tally.holds(`${this.lang} ${name}`, condition, otherwise, shows)
  }

  same(name, seen, wanted) {
    this.tally.same(`${this.lang} ${name}`, seen, wanted)
  }
}

export class Person {
  /** Somebody with a window of their own, whose browser prefers Chinese. */
  static async arrive(walk) {
    const person = new Person()
    person.walk = walk
    person.context = await walk.browser.newContext({
      javaScriptEnabled: false,
      locale: 'zh-CN',
      viewport: DESK,
      acceptDownloads: true,
    })
    person.context.setDefaultTimeout(ACT_MS)
    person.page = await person.context.newPage()
    person.complaints = []
    person.rings = { stops: 0, faults: new Set() }
    person.listen()
    return person
  }

  listen() {
    this.page.on('response', (response) => {
      const request = response.request()
      if (request.isNavigationRequest() && (response.status() < 300 || response.status() >= 400))
        this.answer = response
      else if (response.status() >= 400) this.complaints.push(`${response.status()} for ${response.url()}`)
    })
    this.page.on('requestfailed', (request) => {
      // A second click calls off the first request, and a download ends its navigation.
      if (!request.failure()?.errorText.includes('ERR_ABORTED'))
        this.complaints.push(`${request.url()}: ${request.failure()?.errorText}`)
    })
    this.page.on('pageerror', (error) => this.complaints.push(`error: ${error.message}`))
    this.page.on('console', (message) => {
      // The browser also says that a page has a status of 4xx; the status is checked by itself.
      const status =
        /the server responded with a status of \d+/.test(message.text()) &&
        message.location().url === this.answer?.url()
      if (['error', 'warning'].includes(message.type()) && !status)
        this.complaints.push(`${message.type()}: ${message.text()}`)
    })
  }

  /** Somebody who has just signed in. */
  static async signedIn(walk, login) {
    const person = await Person.arrive(walk)
    await person.open('/sign-in')
    await person.inLanguage()
    await person.signIn(login)
    return person
  }

  /** Every window opens in Chinese; who reads English switches once. */
  async inLanguage() {
    const { walk, page } = this
    const lang = await page.locator('html').getAttribute('lang')
    walk.same('a Chinese browser is greeted in Chinese', lang, 'zh-CN')
    if (walk.lang === 'zh') return
    const address = new URL(page.url()).pathname
    await this.follow(this.link('English'))
    walk.same('the language switch stays on the page', new URL(page.url()).pathname, address)
  }

  /** Types an address. */
  async open(address) {
    await this.page.goto(new URL(address, this.walk.city.base).href)
  }

  /** Presses a link or a button, and waits for the page that follows. */
  async follow(target) {
    const loaded = this.page.waitForEvent('load')
    loaded.catch(() => {})
    await this.press(target)
    await loaded
  }

  async press(target) {
    if (!this.walk.keyboard) return target.click({ noWaitAfter: true })
    await this.reach(target)
    await this.page.keyboard.press('Enter')
  }

  /** Presses like somebody impatient: twice. */
  async followTwice(target) {
    if (this.walk.keyboard) return this.follow(target)
    const loaded = this.page.waitForEvent('load')
    loaded.catch(() => {})
    await target.dblclick({ noWaitAfter: true })
    await loaded
    // The second answer may still be on its way.
    await this.page.waitForLoadState('load')
  }

  /** Writes into a field, over what stood there. */
  async write(field, text) {
    if (this.walk.keyboard) await this.reach(field)
    else await field.click()
    await this.page.keyboard.press('Control+A')
    await this.page.keyboard.insertText(text)
  }

  /** Chooses the first of a group. */
  async choose(radio) {
    if (!this.walk.keyboard) return radio.check()
    await this.reach(radio)
    await this.page.keyboard.press('Space')
  }

  /** Goes to an element by the Tab key alone; on the way the focus must always be seen. */
  async reach(target) {
    const element = await target.elementHandle()
    const most = 2 * (await this.page.evaluate(stops)) + 4
    for (let step = 0; step < most; step += 1) {
      if (await element.evaluate((self) => self === document.activeElement)) return
      await this.page.keyboard.press('Tab')
      await this.ring()
    }
    throw new Error(`the keyboard does not reach ${target}`)
  }

  async ring() {
    const seen = await this.page.evaluate(focus)
    if (!seen) return null
    this.rings.stops += 1
    seen.faults.forEach((fault) => this.rings.faults.add(fault))
    return seen
  }

  link(name, within = this.page) {
    return within.getByRole('link', { name, exact: typeof name === 'string' }).first()
  }

  button(name, within = this.page) {
    return within.getByRole('button', { name, exact: true })
  }

  /** Everything that is checked on every page, its pictures, and its record for the second look. */
  async look(name, { title, status = 200, fresh = true }) {
    const { walk, page } = this
    const { layout } = walk.words
    walk.same(`${name}: status`, this.answer?.status(), status)
    await page.setViewportSize(DESK)
    const seen = await page.evaluate(look, { tag: walk.tag, fresh })
    const city = walk.lang === 'zh' ? '大同市' : 'Datong'
    const wanted = title instanceof RegExp ? title.source : sentence(title).source
    const whole = new RegExp(`^${wanted} · ${city} ${layout.site}$`, 's')
    const address = new URL(page.url()).pathname.replace(/\/acts\/.*/, '').replace(/(\/several)\/.*/, '$1')
    const twin = walk.titles.get(seen.title) ?? address
    walk.titles.set(seen.title, address)
    walk.check(
      `${name}: title`,
      [
        !whole.test(seen.title) && `“${seen.title}” is not ${whole}`,
        status !== 404 && twin !== address && `the same as at ${twin}`,
      ],
      seen.title,
    )
    walk.check(`${name}: language, one h1, landmarks, no script`, seen.faults.frame, walk.tag)
    walk.check(`${name}: the other language is marked`, seen.faults.language)
    walk.check(`${name}: headings, ids and words`, seen.faults.markup)
    walk.check(`${name}: fields and pictures have names`, [...seen.faults.forms, ...seen.faults.images])
    walk.check(
      `${name}: at most 100 KB`,
      seen.weight > PAGE_BYTES_MAX ? `${seen.weight} bytes` : [],
      `${(seen.weight / 1000).toFixed(1)} KB`,
    )
    const policy = (await this.answer.allHeaders())['content-security-policy'] ?? ''
    walk.holds(
      `${name}: its policy forbids scripts, or all but our own file where a page has one`,
      policy.includes("default-src 'none'") && (seen.scripts ? policy.includes("script-src 'self';") : !/script-src/.test(policy)),
      policy || 'no policy',
    )
    await this.widths(name)
    if (walk.keyboard) await this.round(name)
    walk.check(`${name}: no complaints`, this.complaints.splice(0))
    walk.records.push({ name: `${walk.lang} ${name}`, url: page.url(), body: await this.answer.body() })
  }

  /** Nothing sticks out at any width, and fingers can hit what is to be hit. */
  async widths(name) {
    const { walk, page } = this
    const faults = []
    for (const width of [...MORE_WIDTHS, PHONE.width, DESK.width]) {
      const size = width === DESK.width ? DESK : { width, height: PHONE.height }
      await page.setViewportSize(size)
      faults.push(...(await page.evaluate(overflow)))
      if (width === PHONE.width) walk.check(`${name}: targets on a phone`, await page.evaluate(smallTargets))
      if (walk.shots && SHOT_WIDTHS.includes(width)) {
        const file = `${walk.lang}-${String(walk.records.length + 1).padStart(2, '0')}-${name.replace(/\W+/g, '-')}-${width}.png`
        await page.screenshot({ path: path.join(walk.shots, file), fullPage: true })
      }
    }
    walk.check(`${name}: nothing sticks out at 320, 375, 720, 1440, 1920`, faults)
    await this.elder(name)
  }

  /** The same page to whoever reads large: nothing sticks out, and text is large. */
  async elder(name) {
    const { walk, page } = this
    const faults = []
    const was = await page.evaluate(() => document.documentElement.hasAttribute('data-elder'))
    await page.evaluate(() => document.documentElement.setAttribute('data-elder', ''))
    for (const size of [PHONE, DESK]) {
      await page.setViewportSize(size)
      faults.push(...(await page.evaluate(overflow)))
    }
    const small = await page.evaluate(() => parseFloat(getComputedStyle(document.body).fontSize))
    if (small < 18 && !(await page.evaluate(() => document.querySelector('.wall')))) faults.push(`text of ${small} px`)
    if (!was) await page.evaluate(() => document.documentElement.removeAttribute('data-elder'))
    walk.check(`${name}: large text, on a phone and on a desk`, faults)
  }

  /** All round the page by Tab: everything is reached, and shows that it is. */
  async round(name) {
    const wanted = await this.page.evaluate(stops)
    const reached = new Set()
    const faults = []
    for (let step = 0; step < wanted + 2; step += 1) {
      await this.page.keyboard.press('Tab')
      const seen = await this.page.evaluate(focus)
      if (!seen) continue
      faults.push(...seen.faults)
      reached.add(await this.page.evaluate(() => [...document.querySelectorAll('*')].indexOf(document.activeElement)))
    }
    if (reached.size < wanted) faults.push(`${reached.size} of ${wanted} stops reached`)
    this.walk.check(
      `${name}: the keyboard reaches everything and shows where it is`,
      [...new Set(faults)],
      `${wanted} stops`,
    )
  }

  /** Signs in from the sign-in page. */
  async signIn(login, password = this.walk.city.passwords.get(login)) {
    const { sign_in: words } = this.walk.words
    await this.write(this.page.getByLabel(words.account, { exact: true }), login)
    await this.write(this.page.getByLabel(words.password, { exact: true }), password)
    await this.follow(this.button(words.submit, this.page.locator('main')))
  }

  async leave() {
    if (this.walk.keyboard)
      this.walk.check(`focus always seen on the way`, [...this.rings.faults], `${this.rings.stops} stops`)
    await this.context.close()
  }
}
