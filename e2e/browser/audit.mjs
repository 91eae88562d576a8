// Looks at recorded pages a second time, in a browser window of its own with scripts allowed: axe-core, glyphs, fonts.
// A recorded page is answered from the record, so that also answers to forms are looked at exactly as they were sent.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { drawnWith, missingGlyphs, RARE } from './glyphs.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PHONE = { width: 375, height: 812 }
const DESK = { width: 1440, height: 900 }

export class Audit {
  /** An auditor for one city. */
  static async open(browser) {
    const audit = new Audit()
    // The pages' policy forbids scripts, also ours.
    audit.context = await browser.newContext({ bypassCSP: true, viewport: DESK, locale: 'zh-CN' })
    audit.page = await audit.context.newPage()
    await audit.page.route('**', (route) => {
      // What is looked at is kept as it was: nothing follows the log.
      if (route.request().url().endsWith('/log/events')) return route.abort()
      if (!route.request().isNavigationRequest()) return route.continue()
      return route.fulfill({ status: 200, contentType: 'text/html; charset=utf-8', body: audit.body })
    })
    return audit
  }

  async show({ url, body }) {
    this.body = body
    await this.page.goto(url)
    await this.page.addScriptTag({ content: AXE })
  }

  /** Serious faults that axe-core finds, at both widths. */
  async axe() {
    const found = new Map()
    for (const size of [PHONE, DESK]) {
      await this.page.setViewportSize(size)
      const violations = await this.page.evaluate(async () => {
        const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'], preload: false })
        return violations.map(({ id, impact, nodes }) => ({
          id,
          impact,
          where: nodes.slice(0, 3).map((node) => node.target.join(' ')),
        }))
      })
      for (const { id, impact, where } of violations)
        found.set(id, { impact, at: `${id} (${impact}) at ${where.join(', ')}` })
    }
    const all = [...found.values()]
    const serious = all.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    return {
      serious: serious.map(({ at }) => at),
      others: all.filter((one) => !serious.includes(one)).map(({ at }) => at),
    }
  }

  /** Everything on one recorded page. */
  async look(tally, record) {
    const { name } = record
    await this.show(record)
    const { serious, others } = await this.axe()
    tally.check(`${name}: axe-core finds nothing serious`, serious, others.join('; '))
    const { missing, tried } = await missingGlyphs(this.page, RARE)
    tally.check(
      `${name}: every character has a glyph`,
      missing.map((one) => `no glyph for ${one}`),
      `${tried} drawn`,
    )
    const families = await drawnWith(this.page)
    // The first face of the common font file is the Japanese one; it draws 直 骨 角 in another form.
    const foreign = families.filter((family) => /\b(JP|KR|TC|HK)\b/.test(family))
    tally.check(`${name}: drawn in simplified Chinese faces`, foreign, families.join(', '))
  }

  close() {
    return this.context.close()
  }
}
