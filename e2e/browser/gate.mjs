// A visit to a firm, from the request to the result, by the people whose acts it takes; a watch, handed over; two entries made one.

import { Person } from './person.mjs'

const CASE = /2026-\d+ .+/
const HOLDERS = '/ngsi-ld/v1/entities'

/** A form of the case, by its act. */
const form = (page, act) => page.locator(`form[action$="/acts/${act}"]`)

/** Fills in fields by their names: texts are written, one of a list is chosen by what it is called. */
async function fill(person, scope, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = scope.locator(`[name="${name}"]`).first()
    const kind = await field.evaluate((element) => element.type)
    if (kind === 'select-one') {
      const option = field.locator('option:not([value=""])').filter({ hasText: value }).first()
      await field.selectOption(await option.getAttribute('value'))
    } else if (kind === 'radio') {
      await person.choose(scope.locator(`input[name="${name}"][value="${value}"]`))
    } else {
      await person.write(field, value)
    }
  }
}

/** One act of one person on a case: signs in, does it, is perhaps looked at, leaves. */
async function acts(walk, login, address, act, fields, seen) {
  const person = await Person.signedIn(walk, login)
  await person.open(address)
  const scope = form(person.page, act)
  await fill(person, scope, fields)
  await person.follow(scope.getByRole('button'))
  if (seen) await person.look(seen, { title: CASE })
  walk.same(`${act}, by ${login}: it is done`, await person.page.locator('.notice.good').count(), 1)
  await person.leave()
}

/** The inspection gate: the ceiling, two officers, each scans, one records, the firm remarks, the other signs, the result is told. */
export async function gate(walk) {
  const person = await Person.signedIn(walk, 'inspector-1')
  const { page } = person
  const { begin: words } = walk.words
  await person.open('/sources/urn:ngsi-ld:MonitoredSource:chimney-1')
  await person.follow(person.link(/^(?:入企检查|Visit to a firm)$/, page.locator('main')))
  await person.look('begin a visit', { title: new RegExp(`${words.title} .+`) })
  const begin = page.locator('form[action="/begin/inspection"]').last()
  await fill(person, begin, { 'field-purpose': '计划检查 as planned', 'field-firm': 'PermitHolder:heating-1' })
  await person.follow(begin.getByRole('button').last())
  const address = new URL(page.url()).pathname
  const submit = form(page, 'submit')
  const request = {
    'field-item': /./,
    'field-ground': 'plan',
    'field-groundNote': '2026-3',
    'field-quota': /./,
    'field-visitsSoFar': '9',
    'field-officerA': /(?:核查人员一|[Ii]nspector 1)/,
    'field-certificateA': /(?:核查人员一|inspector 1)/,
    'field-officerB': /(?:核查人员二|[Ii]nspector 2)/,
    'field-certificateB': /(?:核查人员二|inspector 2)/,
    opinion: '申请入企检查 asks to enter',
  }
  await fill(person, submit, request)
  await person.follow(submit.getByRole('button'))
  await person.leave()
  // The ceiling is reached: the head sees why it cannot be approved, sends it back, and it is asked for again.
  const head = await Person.signedIn(walk, 'head-1')
  await head.open(address)
  const approve = form(head.page, 'approve')
  walk.same('a visit over the ceiling: cannot be approved', await approve.count(), 0)
  await head.look('a visit over the ceiling', { title: CASE })
  await fill(head, form(head.page, 'send-back'), { opinion: '次数有误 the count is wrong', reason: await first(form(head.page, 'send-back'), 'reason') })
  await head.follow(form(head.page, 'send-back').getByRole('button'))
  await head.leave()
  await acts(walk, 'inspector-1', address, 'submit', { ...request, 'field-visitsSoFar': '1' })
  await acts(walk, 'head-1', address, 'approve', { opinion: '同意 agreed' })
  await acts(walk, 'inspector-1', address, 'serve-notice', { 'field-visitOn': '2026-09-30' })
  await acts(walk, 'inspector-2', address, 'scan', {})
  await acts(walk, 'inspector-1', address, 'scan', {})
  await acts(walk, 'inspector-2', address, 'record', { 'field-formCode': '现场检查笔录', opinion: '设备正常 all in order' }, 'a visit, recorded')
  await acts(walk, 'party-1', address, 'firm-remark', { opinion: '无意见 nothing to add' })
  await acts(walk, 'inspector-1', address, 'countersign', {})
  await acts(walk, 'inspector-1', address, 'tell-result', { 'field-result': 'nothing', opinion: '书面告知 told in writing' }, 'a visit, its result told')
}

/** The value of the first choice of a group. */
const first = (scope, name) => scope.locator(`input[name="${name}"]`).first().getAttribute('value')

/** The watch is handed over to somebody else, who says so; the log has both. */
export async function handedOver(walk) {
  const person = await Person.signedIn(walk, 'duty-officer-1')
  const { page } = person
  await person.open('/boards/situation')
  await person.follow(page.locator('.duty a'))
  const address = new URL(page.url()).pathname
  await person.leave()
  await acts(walk, 'duty-officer-1', address, 'note', { opinion: '供热站已来电 the plant called' })
  await acts(walk, 'duty-officer-1', address, 'hand-over', { 'field-openItems': '爆管联动 the burst pipe', opinion: '交班 over to you' })
  await acts(walk, 'duty-officer-2', address, 'take-over', { opinion: '接班 taken' }, 'a watch, taken over')
}

/** A firm that was registered twice becomes one entry; a steward finds it by either name. */
export async function madeOne(walk) {
  const person = await Person.signedIn(walk, 'steward-1')
  const { page } = person
  const { register: words } = walk.words
  const twice = {
    id: 'urn:ngsi-ld:PermitHolder:twice',
    type: 'PermitHolder',
    name: { type: 'Property', value: '演示热源厂（重复）' },
    division: { type: 'Property', value: '140214' },
  }
  const made = await page.request.post(new URL(HOLDERS, walk.city.base).href, { data: twice })
  walk.same('a firm registered twice', made.status(), 201)
  await person.open('/entities/urn:ngsi-ld:PermitHolder:heating-1/edit')
  await person.look('an entry to be merged', { title: new RegExp(`${words.edit} · .+`) })
  const merge = page.locator('form[action$="/merge"]').first()
  await fill(person, merge, { other: '演示热源厂（重复）', ground: '重复登记 registered twice' })
  await person.follow(merge.getByRole('button'))
  await person.open('/entities/urn:ngsi-ld:PermitHolder:twice')
  await person.look('an entry that stands for another', { title: /(?:演示热源|Demonstration).*/ })
  walk.same('an entry that stands for another: said', await page.locator('.notice').first().innerText(), words.was.replace('{name}', 'twice'))
  await person.leave()
}
