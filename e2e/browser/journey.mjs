// The walk itself: what four people do one after the other in one city, in one language.

import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { asked, desk, earlier } from './desk.mjs'
import { chartAndTable, deadline, judgedWithoutLimit, oldStates } from './figures.mjs'
import { gate, handedOver, madeOne } from './gate.mjs'
import { RARE } from './glyphs.mjs'
import { sentence } from './lib.mjs'
import { offices } from './offices.mjs'
import { Person } from './person.mjs'
import { altered, verdict } from './receipt.mjs'
import { alarms, corrected, keys } from './watch.mjs'

/** What officers write, with a name that is rare and with signs that must stay signs. */
const OPINION = `数据有效,请现场核实。联系人 ${RARE}<b>markup</b> & "quotes" Data valid.`

/** What this city's register and process call things: from cities/datong and packs/environment. */
const NAMES = {
  zh: {
    source: '演示热源厂一号烟囱',
    officer: '执法人员一',
    confirm: '确认并转核实',
    report: '提交核实结果',
    holiday: '国庆',
    budget: '4 工作时',
    licence: '食品经营许可',
    accept: '受理',
    papers: '材料审查意见',
    pause: '中止法定期限',
    notice: '行政许可期限中止告知书',
  },
  en: {
    source: 'Demonstration heating plant, chimney 1',
    officer: 'Enforcement officer 1',
    confirm: 'Confirm and send to verification',
    report: 'Report what was found',
    holiday: 'National Day',
    budget: '4 working hours',
    licence: 'Food-business licence',
    accept: 'Accept',
    papers: 'Opinion on the papers',
    pause: 'Pause the statutory clock',
    notice: 'Notice that the time of a licence stands still',
  },
}
const APPLICANT = `${RARE}小馆`
const DUE = '2026-10-08 10:30'
const DUE_MINUTES = 4 * 60

/** Walks; `folder` takes the downloads. */
export async function journey(walk, folder) {
  const names = NAMES[walk.lang]
  const first = await Person.arrive(walk)
  await visitor(first)
  const found = await inbox(first, names)
  const second = await stale(walk, names)
  const notice = await act(first, names)
  await overtaken(second, names)
  const receipt = await proof(first, notice, folder)
  await evidence(first, receipt, names)
  await farewell(first, found)
  await elsewhere(walk, found)
  await inspector(walk, names)
  const address = await begun(walk, names)
  await reviewed(walk, names, address)
  await issued(walk, names, address)
  await steward(walk, folder)
  await opened(walk)
  await centre(walk)
  await alarms(walk)
  await corrected(walk)
  await live(walk)
  await keys(walk)
  await desk(walk)
  await portal(walk)
  await earlier(walk)
  await offices(walk, names)
  await asked(walk)
  await gate(walk)
  await handedOver(walk)
  await madeOne(walk)
}

/** From the first page to a signed-in officer, with one wrong password. */
async function visitor(person) {
  const { walk, page } = person
  const { layout, sign_in: words } = walk.words
  await person.open('/')
  await person.inLanguage()
  await person.look('home', { title: layout.home })
  for (const link of await page.locator('head link[href]').all()) {
    const href = await link.getAttribute('href')
    const file = await person.context.request.get(new URL(href, page.url()).href)
    walk.holds(
      `home: ${href.split('?')[0]} is there, and may be kept`,
      file.ok() && /max-age=\d{5}/.test(file.headers()['cache-control']),
      `${file.status()} ${file.headers()['cache-control']}`,
    )
  }
  if (walk.keyboard) await skipLink(person)
  await person.follow(person.link(layout.elder_on))
  await person.look('home in elder mode', { title: layout.home })
  const size = await page
    .locator('main p')
    .first()
    .evaluate((text) => parseFloat(getComputedStyle(text).fontSize))
  walk.holds('elder mode: at least 18 px', size >= 18, `${size} px`, `${size} px`)
  await person.follow(person.link(layout.elder_off))
  await person.follow(person.link(layout.sign_in, page.locator('header')))
  await person.look('sign-in', { title: words.title })
  await person.signIn('officer-1', 'not the password')
  await person.look('sign-in refused', {
    title: new RegExp(`${words.error_title} ?${words.title}`),
    status: 422,
    fresh: false,
  })
  walk.same('sign-in refused: why', await page.getByRole('alert').innerText(), words.error_wrong)
  walk.same(
    'sign-in refused: the account is kept',
    await page.getByLabel(words.account, { exact: true }).inputValue(),
    'officer-1',
  )
  walk.same(
    'sign-in refused: the password is not',
    await page.getByLabel(words.password, { exact: true }).inputValue(),
    '',
  )
  await person.signIn('officer-1')
  const session = (await person.context.cookies()).find((cookie) => cookie.name === 'session')
  walk.check('session: a cookie that no script and no other site can use', [
    !session?.httpOnly && 'not HttpOnly',
    session?.sameSite !== 'Lax' && `SameSite is ${session?.sameSite}`,
  ])
}

/** The first stop of the keyboard leads past what every page begins with. */
async function skipLink(person) {
  const { walk, page } = person
  await person.open('/')
  await page.keyboard.press('Tab')
  const stop = await person.ring()
  walk.holds('skip link: the first stop', stop?.name.includes(walk.words.layout.skip), stop?.name ?? 'nothing')
  await page.keyboard.press('Enter')
  walk.same('skip link: leads to the content', await page.evaluate(() => document.activeElement.id), 'main')
}

/** The officer's lists, a closed case, one that waits for others, and the one that waits for the officer. */
async function inbox(person, names) {
  const { walk, page } = person
  const { layout, inbox: words } = walk.words
  const title = layout.inbox
  await person.look('inbox', { title })
  const rows = page.locator('table.inbox tbody tr')
  const row = rows.filter({ hasText: names.source })
  walk.same('inbox: one case waits', await rows.count(), 1)
  walk.holds('inbox: it says by when', (await row.innerText()).includes(DUE), await row.innerText(), DUE)
  const tab = async (name) => {
    await person.follow(person.link(sentence(name), page.getByRole('navigation', { name: words.tabs })))
    await person.look(`inbox ${name === words.tab_all ? 'open' : 'closed'}`, { title })
    return rows.count()
  }
  walk.same('inbox open: two exceedances, and what the centre has under way', await tab(words.tab_all), 8)
  await person.follow(rows.last().getByRole('link').first())
  await person.look('case of others', { title: /2026-\d+ .+/ })
  walk.holds(
    'case of others: says who may act and why not I',
    (await page.locator('.work-on table tbody tr').count()) > 0,
    'nothing is said',
  )
  await person.follow(person.link(layout.inbox, page.locator('header')))
  walk.same('inbox closed: one case, and the alarms that are over', await tab(words.tab_closed), 6)
  await person.follow(rows.first().getByRole('link').first())
  await person.look('case closed', { title: /2026-\d+ .+/ })
  walk.same('case closed: nothing to do', await page.locator('form.act').count(), 0)
  await person.follow(person.link(layout.inbox, page.locator('header')))
  await person.follow(row.getByRole('link').first())
  await person.look('case', { title: /2026-\d+ .+/ })
  explained(walk, await page.evaluate(deadline), names)
  return new URL(page.url()).pathname
}

function explained(walk, seen, names) {
  walk.check('case: the deadline is explained', seen.faults, `${seen.lines} lines`)
  walk.same('case: its lines add up in minutes', seen.sum, DUE_MINUTES)
  walk.same('case: to the sum below them', seen.total, names.budget)
  walk.same('case: and end when it is due', seen.due, DUE)
  walk.holds('case: the holiday that does not count is named', seen.text.includes(names.holiday), seen.text)
}

/** A second officer opens the same case, and lets the page stand. */
async function stale(walk, names) {
  const person = await Person.signedIn(walk, 'officer-2')
  await person.follow(
    person.page.locator('table.inbox tbody tr').filter({ hasText: names.source }).getByRole('link').first(),
  )
  return person
}

const form = (page, act) => page.locator(`form[action$="/acts/${act}"]`)

/** The officer confirms, and gives back the receipt's link. */
async function act(person, names) {
  const { walk, page } = person
  const confirm = form(page, 'confirm')
  await person.write(confirm.locator('textarea'), OPINION)
  await person.followTwice(person.button(names.confirm, confirm))
  await person.look('case after the act', { title: /2026-\d+ .+/ })
  const notice = page.getByRole('status')
  const said = await notice.innerText()
  walk.holds(
    'case after the act: the notice names it',
    sentence(walk.words.case.notice_done, { act: names.confirm }).test(said),
    said,
    said,
  )
  const opinion = page.locator('.trail blockquote').first()
  walk.same('case after the act: the opinion, letter by letter', await opinion.innerText(), OPINION)
  walk.same('case after the act: signs stay signs', await opinion.locator('b').count(), 0)
  const done = page.locator('.trail li').filter({ hasText: names.confirm })
  walk.same('case after the act: it is done once', await done.count(), 1)
  return notice.getByRole('link')
}

/** The second officer sends the stale page, and is told who was first. */
async function overtaken(person, names) {
  const { walk, page } = person
  const confirm = form(page, 'confirm')
  const late = `${OPINION} 二`
  await person.write(confirm.locator('textarea'), late)
  await person.follow(person.button(names.confirm, confirm))
  await person.look('case overtaken', { title: /2026-\d+ .+/, status: 409, fresh: false })
  const said = await page.getByRole('alert').first().innerText()
  const wanted = sentence(walk.words.case.notice_overtaken, { who: names.officer, act: names.confirm })
  walk.holds('case overtaken: told who was first', wanted.test(said), said, said)
  const kept =
    (await page.locator('main').innerText()).includes(late) ||
    (await page.locator('main textarea').evaluateAll((all) => all.map((one) => one.value))).includes(late)
  walk.holds('case overtaken: what was typed is kept', kept, 'it is nowhere on the page')
  walk.same(
    'case overtaken: nothing was recorded',
    await page.locator('.trail blockquote', { hasText: late }).count(),
    0,
  )
  await person.leave()
}

/** The receipt as a page, as a file, checked by Python, and checked by the city's own page; each also altered. */
async function proof(person, notice, folder) {
  const { walk, page } = person
  const { receipt: words, verify, layout } = walk.words
  await person.follow(notice)
  const address = new URL(page.url()).pathname
  await person.look('receipt', { title: sentence(words.title, { n: address.split('/').pop() }) })
  walk.same('receipt: stands in the log', await page.locator('.verdict.good').count(), 1)

  await person.press(page.locator('main summary').last())
  const steps = await page
    .locator('ol.steps > li')
    .evaluateAll((all) => all.filter((one) => one.checkVisibility()).length)
  walk.same('receipt: the proof unfolds into its steps', steps, 5)
  await person.widths('receipt unfolded')

  const download = page.waitForEvent('download')
  await person.press(person.link(words.download))
  const file = path.join(folder, `${walk.lang}-receipt.json`)
  await (await download).saveAs(file)
  const key = path.join(folder, `${walk.lang}-key.txt`)
  writeFileSync(key, await (await person.context.request.get(`${walk.city.base}/log/key`)).body())
  const text = readFileSync(file, 'utf8')
  const wrong = path.join(folder, `${walk.lang}-altered.json`)
  writeFileSync(wrong, altered(text))
  const [good, bad] = await Promise.all([verdict(file, key), verdict(wrong, key)])
  walk.holds('receipt: valid for Python alone', good.startsWith('VALID'), good, good)
  walk.holds('receipt: altered, not valid for Python', bad.startsWith('NOT VALID'), bad, bad)

  await person.follow(person.link(layout.verify, page.locator('footer')))
  await person.look('verify', { title: layout.verify })
  const paste = async (what, name) => {
    await person.write(page.getByLabel(verify.paste, { exact: true }), what)
    await person.follow(person.button(verify.submit, page.locator('main')))
    await person.look(name, { title: layout.verify, fresh: false })
    return page.locator('.result .verdict').innerText()
  }
  const no = await paste(altered(text), 'verify altered')
  walk.holds('verify altered: names the step', sentence(verify.not_valid).test(no), no, no)
  const yes = await paste(text, 'verify valid')
  walk.holds('verify valid: says so', sentence(verify.valid).test(yes), yes, yes)
  await person.follow(person.link(sentence(verify.open), page.locator('.result')))
  return address
}

/** From the receipt to the case, its packet, its source, and all sources. */
async function evidence(person, receipt, names) {
  const { walk, page } = person
  const { packet, source, layout, sources } = walk.words
  walk.same('verify valid: leads to the receipt', new URL(page.url()).pathname, receipt)
  await person.follow(page.locator('main a[href^="/cases/"]').first())
  await person.follow(page.locator('.facts-of a[href^="/packets/"]').first())
  await person.look('packet', { title: sentence(packet.title) })
  const text = await page.locator('pre.packet').innerText()
  walk.holds('packet: the text, its password masked', text.includes('MN=DEMO') && text.includes('PW=******'), text)
  const values = await page.locator('main table tbody tr').count()
  walk.holds('packet: values are read from it', values > 0, 'none', `${values} values`)
  await person.follow(person.link(names.source, page.locator('main')))
  await person.look('source', { title: names.source })
  await charted(person)
  await person.follow(page.getByRole('navigation', { name: source.factors }).getByRole('link').first())
  await person.look('source, another factor', { title: names.source })
  const unlimited = (await page.locator('main').innerText()).includes(source.limit_none)
  walk.holds('source, another factor: it has no limit', unlimited, 'the walk needs a factor without one')
  walk.check(
    'source, another factor: nothing is judged by none',
    await page.evaluate(judgedWithoutLimit, { ...source, ...walk.words.words }),
  )
  await person.follow(person.link(layout.sources, page.getByRole('navigation', { name: layout.here })))
  await person.look('sources', { title: layout.sources })
  walk.same('sources: twelve', await page.locator('main table tbody tr').count(), 12)
  const states = [sources.state_normal, sources.state_over]
  walk.check('sources: a state is about now', await page.evaluate(oldStates, { states, allowedMinutes: 120 }))
  await person.follow(person.link(sources.by_age))
  await person.look('sources by age', { title: layout.sources })
  await person.open('/no-such-page')
  await person.look('no such page', { title: walk.words.message.not_found_title, status: 404 })
}

/** The chart says what the table says, at both widths, and so does the file. */
async function charted(person) {
  const { walk, page } = person
  for (const width of [375, 1440]) {
    await page.setViewportSize({ width, height: 900 })
    const seen = await page.evaluate(chartAndTable)
    walk.check(
      `source: chart and table agree at ${width}`,
      seen.faults,
      `${seen.hours} hours, ${seen.values?.length} values, ${seen.limit}`,
    )
    if (width !== 1440) continue
    const href = await person.link(walk.words.source.csv).getAttribute('href')
    const file = await person.context.request.get(new URL(href, page.url()).href)
    const lines = (await file.text()).replace('\ufeff', '').trim().split('\r\n').slice(1)
    const inFile = lines.map((line) => Number(line.split(',')[2]))
    const missing = seen.values.filter((value) => !inFile.some((figure) => Math.abs(figure - Number(value)) <= 0.5))
    walk.check(
      'source: the file has the same figures',
      missing.map((value) => `${value} is not in it`),
      `${lines.length} lines`,
    )
  }
}

/** Signs out; afterwards the inbox asks who one is, and remembers where one wanted to go. */
async function farewell(person, address) {
  const { walk, page } = person
  await person.follow(person.button(walk.words.layout.sign_out, page.locator('header')))
  await person.look('signed out', { title: walk.words.message.signed_out_title })
  await person.open(address)
  walk.same('signed out: a case asks who one is', new URL(page.url()).pathname, '/sign-in')
  walk.same(
    'signed out: and where one wanted to go is kept',
    await page.locator('input[name=next]').getAttribute('value'),
    address,
  )
  await person.leave()
}

/** An officer of another county: nothing to do, said in words, and nothing to see. */
async function elsewhere(walk, address) {
  const person = await Person.signedIn(walk, 'officer-3')
  const { page } = person
  await person.look('inbox empty', { title: walk.words.layout.inbox })
  const said = await page.locator('.empty').innerText()
  walk.holds(
    'inbox empty: says why and what next',
    said.includes(walk.words.inbox.empty_mine) && said.includes(walk.words.inbox.empty_mine_next),
    said,
    said.split('\n')[0],
  )
  await person.open(address)
  await person.look('case of another county', { title: walk.words.message.not_found_title, status: 404 })
  await person.leave()
}

/** An inspector reports what was measured, at first without a word. */
async function inspector(walk, names) {
  const person = await Person.signedIn(walk, 'inspector-1')
  const { page } = person
  await person.follow(
    page.locator('table.inbox tbody tr').filter({ hasText: names.source }).getByRole('link').first(),
  )
  await person.look('case for the inspector', { title: /2026-\d+ .+/ })
  const report = form(page, 'report-verification')
  await person.write(report.locator('input[name=measurement]'), '57.5')
  await person.write(report.locator('textarea'), ' \n ')
  await person.follow(person.button(names.report, report))
  await person.look('case, act refused', { title: /2026-\d+ .+/, status: 422, fresh: false })
  walk.same(
    'case, act refused: what was typed is kept',
    await report.locator('input[name=measurement]').inputValue(),
    '57.5',
  )
  const alert = page.getByRole('alert').first()
  walk.holds('case, act refused: says why', (await alert.innerText()).length > 5, 'nothing is said')
  await page.setViewportSize({ width: 375, height: 812 })
  const at = await alert.evaluate((element) => Math.round(element.getBoundingClientRect().bottom))
  walk.holds(
    'case, act refused: it is seen at once on a phone',
    at <= 812,
    `it ends ${at} px below the top`,
    `${at} px`,
  )
  await person.leave()
}

/** A data steward tries a list, with what is wrong in it, takes it in, and sees the air of that hour. */
async function steward(walk, folder) {
  const person = await Person.signedIn(walk, 'steward-1')
  const { page } = person
  const { import: words, air } = walk.words
  await person.follow(person.link(words.title, page.locator('main')))
  await person.look('connectors', { title: words.title })
  await person.follow(page.locator('main tbody a[href$="/station-hours"]'))
  const title = await page.locator('h1').innerText()
  await person.look('connector', { title })
  const list = path.join(folder, `${walk.lang}-list.csv`)
  const rows = ['云冈宾馆,24,51,1.5,28,32,47', '云冈宾馆,24,51,1.5,28,32,47', '无此站,1,1,1,1,1,1', '大同大学,NaN,x,1,1,1,1']
  const head = 'Date,Hour,WatchPoint,PM2.5,PM10,CO,NO2,O3_1h,SO2'
  writeFileSync(list, [head, ...rows.map((row) => `20260930,15,${row}`)].join('\n') + '\n')
  await page.setInputFiles('#file', list)
  await person.follow(person.button(words.try_it, page.locator('main')))
  const verdict = page.locator('#h-report')
  const tried = sentence(words.trial_done, { n: '10' })
  walk.holds('connector tried: what it would write', tried.test(await verdict.innerText()), await verdict.innerText())
  walk.same('connector tried: each kind of fault by name', await page.locator('details').count(), 4)
  await person.press(page.locator('summary').first())
  await person.look('connector tried', { title, fresh: false })
  await person.follow(person.button(sentence(words.take, { n: '10' }), page.locator('main')))
  const done = sentence(words.done, { n: '10', entries: '2' })
  walk.holds('connector taken in: how much', done.test(await verdict.innerText()), await verdict.innerText())
  await person.look('connector taken in', { title, fresh: false })
  await person.open('/sources/urn:ngsi-ld:AmbientStation:yungang-hotel')
  await person.look('station of the air', { title: /(?:云冈宾馆站|Yungang Hotel station)/ })
  const index = await page.locator('.aqi').innerText()
  // PM10 51 µg/m³: above 50 by HJ 633-2026, one step of seventy to the next fifty.
  walk.same('station of the air: its index', index, '51')
  const card = await page.locator('.air').innerText()
  walk.holds('station of the air: unaudited, by the edition of the day', card.includes(air.unaudited) && card.includes('HJ 633-2026'), card)
  await audited(person)
  await person.open('/connectors/station-hours')
  await person.follow(page.locator('button[name="undo"]').first())
  await person.look('connector undone', { title, fresh: false })
  const undone = sentence(words.undone, { restored: '0', left: '10', kept: '0' })
  const notice = await page.locator('.notice').first().innerText()
  walk.holds('connector undone: how much', undone.test(notice), notice)
  await person.leave()
}

/** The hours of a series are audited: cleaned ones are confirmed under a name, and stand in an edition of their own. */
async function audited(person) {
  const { walk, page } = person
  const { source: words } = walk.words
  const title = /(?:云冈宾馆站|Yungang Hotel station)/
  const editions = page.getByRole('navigation', { name: words.editions })
  await person.follow(person.link(words.cleaned, editions))
  await person.look('station, cleaned', { title })
  await person.press(person.button(words.audit_send, page.locator('main')))
  walk.holds('station, cleaned: an audit says why', await page.locator('#audit-opinion:invalid').count() === 1, 'it was sent')
  await person.write(page.locator('#audit-opinion'), '与国控站比对 compared')
  await person.follow(person.button(words.audit_send, page.locator('main')))
  await person.look('station, audited', { title })
  walk.same('station, audited: the hour stands there', await page.locator('.hours tbody tr b').count(), 1)
}

/** Anybody sees what is open: the catalogue, a dataset, the ordinance and an article. */
async function opened(walk) {
  const person = await Person.arrive(walk)
  const { page } = person
  const { data, ordinance } = walk.words
  await person.open('/')
  await person.inLanguage()
  await person.follow(page.locator('main a[href="/data"]'))
  await person.look('open data', { title: data.title })
  await person.write(page.locator('#words'), 'PM2.5')
  await person.follow(person.button(data.find, page.locator('main')))
  await person.look('open data, found', { title: data.title })
  const dataset = page.locator('main tbody a').first()
  const title = await dataset.innerText()
  await person.follow(dataset)
  await person.look('dataset', { title })
  for (const href of await page.locator('main ul a').evaluateAll((links) => links.map((link) => link.href))) {
    const file = await person.context.request.get(href)
    walk.same(`dataset: ${new URL(href).pathname} is there`, file.status(), 200)
  }
  await person.open('/ordinance')
  await person.look('ordinance', { title: ordinance.title })
  walk.same('ordinance: forty-four', await page.locator('main tbody tr').count(), 44)
  await person.follow(page.locator('main tbody a').nth(26))
  await person.look('article', { title: /(?:.*27.*)/ })
  await person.leave()
}

/** The officer on watch: the board, a figure opened, a case and a thing on the map chosen, a wall, an hour of the past. */
async function centre(walk) {
  const person = await Person.signedIn(walk, 'duty-officer-1')
  const { page } = person
  const { board } = walk.words
  const title = /(?:城市运行态势|Situation of the city)/
  await person.follow(person.link(board.title, page.locator('header')))
  await person.look('board', { title })
  walk.same('board: six figures', await page.locator('.board-figures li').count(), 6)
  const waiting = page.locator('.decide li')
  const count = await waiting.count()
  walk.holds('board: at most seven wait', count > 0 && count <= 7, `${count}`)
  walk.holds('board: who is on watch', /(?:值班人员一|Duty officer 1)/.test(await page.locator('.duty').innerText()), 'nobody')
  await person.follow(page.locator('.board-figures a').nth(1))
  await person.look('board, a figure opened', { title })
  walk.same('board: as many behind the figure as it says', await page.locator('.opened tbody tr').count(), 2)
  await person.follow(page.locator('.decide li a').first())
  await person.look('board, a case chosen', { title })
  await person.follow(person.link(board.close, page.locator('.chosen')))
  const marks = page.locator('.map-zone .wide .mark')
  const before = await marks.count()
  await person.follow(page.locator('.map-zone .wide .mark').filter({ has: page.locator('text') }).first())
  await person.look('board, closer', { title })
  walk.holds('board, closer: what was one is several', (await marks.count()) >= 1 && before >= 1, 'none')
  await person.follow(page.locator('.map-zone .wide .mark').filter({ hasNot: page.locator('text') }).last())
  await person.look('board, a source chosen', { title })
  walk.same('board, a source chosen: it leads to its page', await page.locator('.chosen .button').getAttribute('href').then((href) => href.startsWith('/sources/')), true)
  await person.open('/boards/situation?at=2026-09-30T14:30')
  await person.look('board, as it was', { title })
  walk.same('board, as it was: what was open then', await waiting.count(), 4)
  await person.open('/boards/situation?wall=day')
  await page.setViewportSize({ width: 1920, height: 1080 })
  const small = await page.locator('main *, header *').evaluateAll((all) =>
    all.filter((e) => e.checkVisibility({ visibilityProperty: true }) && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && !e.closest('svg, .hidden') && parseFloat(getComputedStyle(e).fontSize) < 28 && e.getBoundingClientRect().height > 1).map((e) => e.textContent.trim()),
  )
  walk.check('wall: nothing is smaller than 28 px', small.slice(0, 3))
  const height = await page.evaluate(() => document.documentElement.scrollHeight)
  walk.holds('wall: it is one screen', height <= 1080, `${height} px`)
  await page.setViewportSize({ width: 1440, height: 900 })
  await person.leave()
}

/** With scripts the board follows the log by itself, and keeps where the keyboard is. */
async function live(walk) {
  const context = await walk.browser.newContext({ locale: 'zh-CN', viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  try {
    await page.goto(new URL('/sign-in?lang=' + walk.lang, walk.city.base).href)
    await page.fill('#account', 'duty-officer-1')
    await page.fill('#password', walk.city.passwords.get('duty-officer-1'))
    await page.click('main button')
    await page.goto(new URL('/boards/situation', walk.city.base).href)
    const figure = page.locator('.board-figures b').first()
    const before = Number(await figure.innerText())
    await page.locator('.board-figures a').first().focus()
    const begun = await context.request.post(new URL('/api/v1/processes/city-event/cases', walk.city.base).href, {
      headers: { 'idempotency-key': `walk-${walk.lang}` },
      data: { fields: { matter: '道路积水', where: '演示路口', level: 'general' } },
    })
    walk.holds('live: an event is begun', begun.ok(), `${begun.status()}`)
    await page.waitForFunction((n) => Number(document.querySelector('.board-figures b').innerText) === n, before + 1, { timeout: 15_000 })
    walk.holds('live: the figure follows without a reload', true)
    const focused = await page.evaluate(() => document.activeElement?.closest('.board-figures') !== null)
    walk.holds('live: the keyboard stays where it was', focused, 'it was lost')
  } catch (error) {
    walk.check('live', [String(error).slice(0, 300)])
  } finally {
    await context.close()
  }
}

/** A resident looks for a service by its initials, reads its guide, and asks whether it may be had. */
async function portal(walk) {
  const person = await Person.arrive(walk)
  const { page } = person
  const { search, services } = walk.words
  await person.open('/')
  await person.inLanguage()
  await person.write(page.locator('#words'), 'spjyxk')
  await person.follow(person.button(search.find, page.locator('main')))
  await person.look('search', { title: search.title })
  const found = page.locator('main section a').first()
  const title = await found.innerText()
  await person.follow(found)
  await person.look('service', { title })
  await person.follow(person.button(services.check, page.locator('main')))
  await person.look('service, asked', { title, fresh: false })
  walk.same('service, asked: nothing said, nothing known', await page.locator('.verdict.void').count(), 1)
  await person.open('/services')
  await person.look('services', { title: services.title })
  await person.follow(person.link(services.firm, page.locator('.tabs')))
  await person.look('services for firms', { title: services.title })
  const { packs } = walk.words
  await person.open('/packs')
  await person.look('how the city works', { title: packs.title })
  await person.follow(page.locator('main tbody a').nth(3))
  await person.look('a field in prose', { title: /(?:生态环境|Environment)/ })
  await person.follow(page.locator('.tabs a').nth(2))
  await person.look('a field in prose, its rules', { title: /(?:生态环境|Environment)/ })
  const { register } = walk.words
  await person.open('/registers')
  await person.look('registers', { title: register.title })
  await person.open('/registers/AmbientStation')
  await person.write(page.locator('#words'), 'DEMO-A1')
  await person.follow(person.button(register.find_it, page.locator('main')))
  await person.look('a register', { title: /.*(?:监测站|station)/ })
  walk.same('a register: what was looked for', await page.locator('main tbody tr').count(), 1)
  await person.follow(page.locator('main tbody a').first())
  await person.look('a thing on record', { title: /(?:演示空气站|Demonstration air station).*/ })
  await person.open(`${new URL(page.url()).pathname}?at=2020-01-01`)
  await person.look('a thing before it was on record', { title: /(?:演示空气站|Demonstration air station).*/ })
  walk.same('a thing before it was on record: nothing known', await page.getByText(register.not_yet).count(), 1)
  await person.open('/status')
  await person.look('status', { title: walk.words.status.title })
  await person.open('/design')
  await person.look('how pages are made', { title: walk.words.design.title })
  await person.open('/search?words=%E6%97%A0%E6%AD%A4%E4%BA%8B%E9%A1%B9')
  await person.look('search, nothing', { title: search.title })
  await person.leave()
}

/** A window clerk begins a licence, at first without a name, then pressing twice, and accepts it. */
async function begun(walk, names) {
  const person = await Person.signedIn(walk, 'window-clerk-1')
  const { page } = person
  const { begin: words } = walk.words
  await person.follow(person.link(words.title, page.locator('main')))
  await person.look('begin', { title: words.title })
  await person.follow(person.link(names.licence, page.locator('main')))
  const title = `${words.title} ${names.licence}`
  await person.look('begin a licence', { title })
  const field = (name) => page.locator(`input[name="field-${name}"]`)
  const button = person.button(words.submit.replace('{process}', names.licence), page.locator('main'))
  await person.write(field('applicantName'), '  ')
  await person.write(field('premises'), '示意街 12 号')
  await person.write(field('businessLicence'), '91140200DEMO0001X')
  await person.follow(button)
  await person.look('begin refused', { title: `${words.error_title} ${title}`, status: 422, fresh: false })
  walk.same('begin refused: what was typed is kept', await field('premises').inputValue(), '示意街 12 号')
  walk.same('begin refused: the field is marked', await field('applicantName').getAttribute('aria-invalid'), 'true')
  await person.write(field('applicantName'), APPLICANT)
  await person.followTwice(button)
  await person.look('licence begun', { title: /2026-\d+ .+/ })
  walk.same('licence begun: once', await page.locator('.trail > li').count(), 1)
  walk.same('licence begun: both clocks run', await page.locator('.clocks .clock').count(), 2)
  const accept = form(page, 'accept')
  await person.write(accept.locator('textarea'), OPINION)
  await person.follow(person.button(names.accept, accept))
  const address = new URL(page.url()).pathname
  await person.leave()
  return address
}

/** The next officer finds it in the inbox, and does one of the two things that go on side by side. */
async function reviewed(walk, names, address) {
  const person = await Person.signedIn(walk, 'reviewer-1')
  const { page } = person
  await person.open(`/search?words=${encodeURIComponent(APPLICANT)}`)
  await person.look('search, a case', { title: walk.words.search.title })
  walk.same('search, a case: by the name of the applicant', await page.locator(`main a[href="${address}"]`).count(), 1)
  await person.open('/inbox')
  const row = page.locator('table.inbox tbody tr').filter({ hasText: APPLICANT })
  await person.follow(row.getByRole('link').first())
  walk.same('licence in review: the case that was begun', new URL(page.url()).pathname, address)
  await person.look('licence in review', { title: /2026-\d+ .+/ })
  const parts = page.locator('.stages ul li')
  walk.same('licence in review: in two places', await parts.count(), 2)
  const papers = form(page, 'papers-in-order')
  await person.write(papers.locator('textarea'), OPINION)
  await person.follow(person.button(names.papers, papers))
  walk.same('licence in review: one of them is done', await page.locator('.stages ul .ready').count(), 1)
  await person.leave()
}

/** The approver reads the draft of a notice, issues it, and finds it with its number on paper and in the list. */
async function issued(walk, names, address) {
  const person = await Person.signedIn(walk, 'approver-1')
  const { page } = person
  const { document: words } = walk.words
  await person.open(address)
  await person.follow(form(page, 'pause').getByRole('link'))
  await person.look('a draft', { title: new RegExp(`${names.notice} .+`) })
  walk.same('a draft: nobody has signed', await page.locator('td', { hasText: words.not_yet }).count(), 1)
  await person.open(address)
  const pause = form(page, 'pause')
  await person.choose(pause.locator('input[name="reason"]').first())
  await person.write(pause.locator('textarea'), OPINION)
  await person.follow(person.button(names.pause, pause))
  await person.follow(page.locator('.facts a[href^="/documents/"]'))
  await person.look('a document', { title: new RegExp(`${names.notice} 同审批告〔\\d{4}〕1号.*`) })
  const addressed = page.locator('.sheet').getByText(words.to.replace('{who}', APPLICANT))
  walk.same('a document: to whom, rare characters and all', await addressed.count(), 1)
  const pdf = await page.getByRole('link', { name: words.pdf }).getAttribute('href')
  const answer = await page.request.get(new URL(pdf, walk.city.base).href)
  walk.same('a document: as a PDF', (await answer.body()).subarray(0, 5).toString(), '%PDF-')
  await person.open('/documents')
  await person.look('documents', { title: words.list })
  await person.leave()
}
