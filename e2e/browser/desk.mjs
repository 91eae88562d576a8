// What is done to several things at once, or looked at beside another: cases, sources, moments, watches, earlier days.

import { sentence } from './lib.mjs'
import { Person } from './person.mjs'

const BOARD = '/boards/situation'
const CHIMNEY = '/sources/urn:ngsi-ld:MonitoredSource:chimney-1'
const REQUEST = '/definitions/packs/stewardship/processes/data-request.toml'

/** The officer on watch keeps a list, ends two alarms at once, and looks at moments, watches and sources side by side. */
export async function desk(walk) {
  const person = await Person.signedIn(walk, 'duty-officer-1')
  await keptList(person)
  await several(person)
  await sideBySide(person)
  await person.leave()
}

async function keptList(person) {
  const { walk, page } = person
  const { inbox: words, layout } = walk.words
  await person.open('/inbox?tab=open&kind=Alarm')
  await person.look('a list of one kind', { title: layout.inbox })
  await person.write(page.locator('#keep'), '夜班 night')
  await person.follow(person.button(words.keep, page.locator('main')))
  await person.look('a list, kept', { title: layout.inbox })
  const kept = page.getByRole('navigation', { name: words.kept }).getByRole('link')
  walk.same('a list, kept: it is there by name', await kept.innerText(), '夜班 night')
  await person.open('/inbox')
  await person.follow(kept)
  walk.same('a list, kept: one press leads to it', new URL(page.url()).search, '?tab=open&kind=Alarm')
}

async function several(person) {
  const { walk, page } = person
  const { inbox: words } = walk.words
  const boxes = page.locator('table.inbox input[type=checkbox]')
  walk.same('several: two can be chosen', await boxes.count(), 2)
  for (const box of await boxes.all()) await person.choose(box)
  await person.follow(person.button(words.several, page.locator('main')))
  await person.look('several cases', { title: words.several_title })
  const end = page.locator('form[action$="/several/end"]')
  await person.write(end.locator('textarea'), ' ')
  await person.follow(end.getByRole('button'))
  await person.look('several, without words', { title: words.several_title, status: 422, fresh: false })
  walk.same('several, without words: none is done', await page.getByText(sentence(words.several_done, { done: '0', all: '2' })).count(), 1)
  await person.write(end.locator('textarea'), '已恢复 it is over')
  await person.follow(end.getByRole('button'))
  await person.look('several, done', { title: words.several_title, fresh: false })
  walk.same('several, done: a receipt for each', await page.locator('main a[href^="/receipts/"]').count(), 2)
}

async function sideBySide(person) {
  const { walk, page } = person
  const { board: words, source } = walk.words
  await person.open(BOARD)
  await person.follow(person.link(words.changes, page.locator('.looks')))
  await person.look('what changed', { title: new RegExp(`${words.changes} · .+`) })
  await person.write(page.locator('#from'), '2026-09-30 11:30')
  await person.follow(person.button(words.back_go, page.locator('main')))
  await person.look('what changed since noon', { title: new RegExp(`${words.changes} · .+`) })
  walk.holds('what changed since noon: something did', (await page.locator('main tbody tr').count()) > 0, 'nothing')
  await person.open(BOARD)
  await person.follow(person.link(words.shifts, page.locator('.looks')))
  await person.look('shift log', { title: new RegExp(`${words.shifts} · .+`) })
  await person.write(page.locator('#words'), '夜班无遗留事项')
  await person.follow(page.locator('main form button'))
  walk.same('shift log: found by words', await page.locator('main section').count(), 1)
  await person.open(`${BOARD}?figure=events`)
  await person.follow(person.link(words.pin, page.locator('main')))
  walk.same('a wall: the figure stays', await page.locator('.pinned').count(), 1)
  await person.open(`${CHIMNEY}?series=so2`)
  await person.follow(person.link(source.compare, page.locator('main')))
  await page.selectOption('#with', { index: 1 })
  await person.follow(person.button(source.compare_go, page.locator('main')))
  await person.look('two sources', { title: /(?:演示热源厂一号烟囱|Demonstration heating plant, chimney 1)/ })
  walk.holds('two sources: one more column', (await page.locator('table.hours thead th').count()) === 7, 'there is none')
}

/** Open data: a map, an earlier day, a place, what is not there; an article as it was. */
export async function earlier(walk) {
  const person = await Person.arrive(walk)
  const { page } = person
  const { data, ordinance, register, search } = walk.words
  await person.open('/data/monitored-sources')
  await person.inLanguage()
  const title = /(?:自动监控污染源名录|Register of monitored sources)/
  await person.look('a dataset with a map', { title })
  walk.same('a dataset with a map: drawn', await page.locator('div.wide svg.map').count(), 1)
  await person.write(page.locator('#known'), '2026-09-29')
  await person.follow(person.button(register.look_back, page.locator('main')))
  await person.look('a dataset of an earlier day', { title })
  walk.same('a dataset of an earlier day: said', await page.getByText(sentence(data.as_of, { day: '2026-09-29' })).count(), 1)
  const csv = await page.locator('main a[href*=".csv"]').first().getAttribute('href')
  walk.holds('a dataset of an earlier day: so are its files', csv.includes('known=2026-09-29'), csv)
  await person.open('/ordinance/27')
  await person.write(page.locator('#on'), '2026-09-29')
  await person.follow(person.button(register.look_back, page.locator('main')))
  await person.look('an article of an earlier day', { title: /(?:第 27 条|Article 27).+/ })
  walk.same('an article of an earlier day: said', await page.getByText(sentence(ordinance.as_of, { day: '2026-09-29' })).count(), 1)
  await person.open('/search?words=%E6%BC%94%E7%A4%BA')
  await person.follow(page.getByRole('navigation', { name: search.place }).getByRole('link').last())
  await person.look('found at a place', { title: search.title })
  walk.same('found at a place: one thing', await page.locator('main section li').count(), 1)
  await person.leave()
}

/** An officer asks for data; the keeper of the node tries a restore; a keeper of definitions runs scenarios for a proposal. */
export async function asked(walk) {
  const { data, status, definition, inbox, search } = walk.words
  const officer = await Person.signedIn(walk, 'officer-1')
  await officer.open('/data')
  await officer.follow(officer.link(data.ask, officer.page.locator('main')))
  await officer.look('asking for data', { title: /.*(?:数据共享与开放申请|Request for data)/ })
  await officer.open('/search?words=spjyxk')
  await officer.write(officer.page.locator('#keep'), '食品许可')
  await officer.follow(officer.button(inbox.keep, officer.page.locator('main')))
  await officer.look('a search, kept', { title: search.title })
  walk.same('a search, kept: by its name', await officer.page.locator('nav.kinds').getByText('食品许可').count(), 1)
  await officer.follow(officer.button(inbox.keep_not, officer.page.locator('main')))
  walk.same('a search, kept no longer', await officer.page.locator('nav.kinds').count(), 0)
  await officer.leave()

  const keeper = await Person.signedIn(walk, 'accounts-1')
  await keeper.open('/status')
  await keeper.follow(keeper.button(status.drill_go, keeper.page.locator('main')))
  await keeper.look('a restore, tried', { title: status.title })
  walk.same('a restore, tried: nothing wrong', await keeper.page.locator('.notice.bad').count(), 0)
  await keeper.write(keeper.page.locator('#reason'), walk.lang === 'zh' ? '每年轮换' : 'Rotated every year')
  await keeper.follow(keeper.button(status.key_go, keeper.page.locator('main')))
  await keeper.look('a key, rotated', { title: status.title })
  walk.same('a key, rotated: the former is listed', await keeper.page.locator('main a[download]').count() > 0, true)
  await keeper.leave()

  const definer = await Person.signedIn(walk, 'keeper-1')
  const { page } = definer
  await definer.open(REQUEST)
  const text = await page.locator('#text').inputValue()
  await page.locator('#text').fill(text.replace('budget = 2', 'budget = 3'))
  await definer.follow(page.locator('button[value=scenarios]'))
  await definer.look('scenarios of a proposal', { title: /(?:数据共享与开放申请|Request for data)/, fresh: false })
  walk.same('scenarios: told from beginning to end', await page.getByText(sentence(definition.scenarios_held, { held: '3', n: '4' })).count(), 1)
  await definer.leave()
}
