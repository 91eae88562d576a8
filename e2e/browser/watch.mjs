// The officer on watch goes through alarms; a data steward corrects a register.

import { Person } from './person.mjs'

const LIST = '/boards/situation/alarms'
const SOURCE = '/entities/urn:ngsi-ld:MonitoredSource:chimney-2'
const SOURCE_TITLE = /(?:演示热源厂二号烟囱|Demonstration heating plant, chimney 2)/

/** One alarm is confirmed with one press, another is looked at in its case, the ended ones stay to be read. */
export async function alarms(walk) {
  const person = await Person.signedIn(walk, 'duty-officer-1')
  const { page } = person
  const { board } = walk.words
  const title = /(?:告警 · 城市运行态势|Alarm · Situation of the city)/
  await person.open('/boards/situation')
  await person.follow(page.locator(`.looks a[href="${LIST}"]`))
  await person.look('alarms', { title })
  const rows = page.locator('main tbody tr')
  const before = await rows.count()
  const first = await rows.first().innerText()
  walk.holds('alarms: the one to be confirmed comes first, with value and limit', /59 mg\/m³\s+35/.test(first), first)
  const confirm = page.locator('main tbody button')
  walk.same('alarms: one waits for a press', await confirm.count(), 1)
  await person.follow(confirm.first())
  await person.look('alarms, confirmed', { title })
  walk.same('alarms, confirmed: as many are open', await rows.count(), before)
  walk.same('alarms, confirmed: none waits', await confirm.count(), 0)
  await person.follow(page.locator('main tbody th a').first())
  await person.look('an alarm', { title: /2026-\d+ .+/ })
  const event = page.locator('select[name="field-event"] option')
  walk.holds('an alarm: joint events can be chosen by name', (await event.count()) >= 2, `${await event.count()}`)
  await person.open(`${LIST}?tab=ended`)
  await person.look('alarms that ended', { title })
  walk.holds('alarms that ended: they stay', (await rows.count()) > 0, board.alarms_none)
  await person.leave()
}

/** A value of a register is corrected with its ground, at first without one. */
export async function corrected(walk) {
  const person = await Person.signedIn(walk, 'steward-1')
  const { page } = person
  const { register: words } = walk.words
  await person.open('/registers/MonitoredSource')
  await person.follow(page.locator('thead a').first())
  await person.look('a register, sorted', { title: /.*(?:污染源|source)/ })
  walk.same('a register, sorted: it says by what', await page.locator('th[aria-sort="ascending"]').count(), 1)
  await person.open(SOURCE)
  await person.follow(person.link(words.edit, page.locator('main')))
  const title = new RegExp(`${words.edit} · ${SOURCE_TITLE.source}`)
  await person.look('editing', { title })
  await person.write(page.locator('input[name="field-outlet"]'), 'DA002-1')
  await person.write(page.locator('#ground'), ' ')
  await person.follow(person.button(words.save, page.locator('main')))
  await person.look('editing, without a ground', { title, status: 422, fresh: false })
  walk.same('editing, without a ground: what was typed is kept', await page.locator('input[name="field-outlet"]').inputValue(), 'DA002-1')
  await person.write(page.locator('#ground'), '排污许可证变更 changed permit')
  await person.follow(person.button(words.save, page.locator('main')))
  await person.look('edited', { title: SOURCE_TITLE })
  walk.same('edited: the ground stands beside the change', await page.locator('small', { hasText: 'changed permit' }).count(), 1)
  await person.leave()
}

/** With scripts, J and K go from row to row of the inbox, and Enter opens; while somebody writes they are letters. */
export async function keys(walk) {
  const context = await walk.browser.newContext({ locale: 'zh-CN', viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  try {
    await page.goto(new URL('/sign-in?lang=' + walk.lang, walk.city.base).href)
    await page.fill('#account', 'duty-officer-2')
    await page.fill('#password', walk.city.passwords.get('duty-officer-2'))
    await page.click('main button')
    await page.goto(new URL('/inbox?tab=open', walk.city.base).href)
    const rows = page.locator('table.inbox tbody td > a:not([tabindex])')
    for (const key of ['j', 'j', 'J', 'k']) await page.keyboard.press(key)
    const focused = await page.evaluate(() => document.activeElement?.getAttribute('href'))
    walk.same('keys: three down and one up', focused, await rows.nth(1).getAttribute('href'))
    await page.keyboard.press('Enter')
    await page.waitForURL('**/cases/**')
    walk.same('keys: Enter opens it', new URL(page.url()).pathname, focused)
    await page.goto(new URL('/search', walk.city.base).href)
    await page.locator('#words').pressSequentially('jk')
    walk.same('keys: letters where one writes', await page.locator('#words').inputValue(), 'jk')
  } catch (error) {
    walk.check('keys', [String(error).slice(0, 300)])
  } finally {
    await context.close()
  }
}
