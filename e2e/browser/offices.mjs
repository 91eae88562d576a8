// The offices that keep a city in order: accounts, roles, audit, and what is in force.

import { RARE } from './glyphs.mjs'
import { sentence } from './lib.mjs'
import { Person } from './person.mjs'

/** What somebody new is called, and for which post. */
const NEW = { zh: `执法人员${RARE}`, en: 'Enforcement officer 9' }
const PROCESS = '/definitions/packs/environment/processes/exceedance.toml'

/** Somebody comes and gets a role; an officer reads a telephone number; the auditor sees all of it; a limit is tried. */
export async function offices(walk, names) {
  const login = `officer-${walk.lang}`
  const page = await admitted(walk, login)
  await granted(walk, page)
  await own(walk)
  const looked = await personal(walk, names)
  await curious(walk, looked)
  await audited(walk, login)
  await kept(walk)
}

async function admitted(walk, login) {
  const person = await Person.signedIn(walk, 'accounts-1')
  const { page } = person
  const { people: words } = walk.words
  await person.follow(person.link(words.title, page.locator('header')))
  await person.look('people', { title: words.title })
  await person.write(page.locator('#login'), 'officer-1')
  await person.write(page.locator('#title'), NEW.zh)
  await person.write(page.locator('#titleEn'), NEW.en)
  await person.follow(person.button(words.open, page.locator('main')))
  await person.look('people, an account that is taken', { title: words.title, status: 422, fresh: false })
  walk.same('people, taken: the field is marked', await page.locator('#login').getAttribute('aria-invalid'), 'true')
  await person.write(page.locator('#login'), login)
  await person.follow(person.button(words.open, page.locator('main')))
  await person.look('somebody new', { title: `${words.account} ${NEW[walk.lang]}`, fresh: false })
  const password = await page.locator('.notice code').last().innerText()
  walk.holds('somebody new: a password to hand over', /^\w{4}(-\w{4}){3}$/.test(password), password)
  await person.leave()
  const newcomer = await Person.arrive(walk)
  await newcomer.open('/sign-in')
  await newcomer.inLanguage()
  await newcomer.signIn(login, password)
  walk.same('somebody new: signs in', new URL(newcomer.page.url()).pathname, '/inbox')
  await newcomer.leave()
  return `/administration/people/urn:ngsi-ld:Person:${login}`
}

async function granted(walk, address) {
  const person = await Person.signedIn(walk, 'grants-1')
  const { page } = person
  const { people: words } = walk.words
  const main = page.locator('main')
  await person.open(address)
  await page.selectOption('#role', 'enforcement-officer')
  await page.selectOption('#division', '140214')
  await person.follow(person.button(words.grant, main))
  await person.look('somebody with a role', { title: NEW[walk.lang] })
  walk.same('somebody with a role: it is in force', await page.locator('main tbody tr').first().getByText(words.holds).count(), 1)
  await person.open('/administration/people/urn:ngsi-ld:Person:auditor-1')
  await page.selectOption('#role', 'account-keeper')
  await person.follow(person.button(words.grant, main))
  await person.look('two offices', { title: /(?:审计人员一|Auditor 1)/, status: 422, fresh: false })
  walk.same('two offices: the field says why', await page.locator('#role-error').count(), 1)
  await person.leave()
}

async function own(walk) {
  const person = await Person.signedIn(walk, 'inspector-2')
  const { page } = person
  const { people: words } = walk.words
  await person.follow(page.locator('header .who'))
  await person.look('my account', { title: words.own })
  await person.write(page.locator('#old'), 'something else entirely')
  await person.write(page.locator('#new'), 'a new long secret')
  await person.write(page.locator('#again'), 'a new long secret')
  await person.follow(person.button(words.change, page.locator('main')))
  await person.look('my account, refused', { title: words.own, status: 422, fresh: false })
  walk.same('my account, refused: the password is not kept', await page.locator('#old').inputValue(), '')
  await person.leave()
}

async function personal(walk, names) {
  const person = await Person.signedIn(walk, 'officer-1')
  const { page } = person
  const { audit: words, inbox } = walk.words
  await person.follow(person.link(sentence(inbox.tab_all), page.getByRole('navigation', { name: inbox.tabs })))
  const row = page.locator('table.inbox tbody tr').filter({ hasText: names.source }).first()
  await person.follow(row.getByRole('link').first())
  await person.follow(person.link(sentence(words.personal_link, { n: '1' })))
  await person.look('personal values', { title: words.personal })
  await person.choose(page.locator('input[type=checkbox]').first())
  await person.write(page.locator('#reason'), `核查联系 ${RARE}`)
  await person.follow(person.button(words.show, page.locator('main')))
  await person.look('personal values, read', { title: words.personal, fresh: false })
  walk.same('personal values, read: one is shown', await page.locator('fieldset strong').count(), 1)
  const address = new URL(page.url()).pathname
  await person.leave()
  return address
}

/** Somebody of another county tries the same page, and is told that there is none; the auditor finds the look, and says what it came to. */
async function curious(walk, address) {
  const person = await Person.signedIn(walk, 'officer-3')
  await person.open(address)
  walk.same('a look without a case: nothing is there', person.answer?.status(), 404)
  await person.leave()
  const auditor = await Person.signedIn(walk, 'auditor-1')
  const { page } = auditor
  const { audit: words } = walk.words
  await auditor.open('/audit')
  const lead = page.locator('form[action="/audit/leads"]')
  walk.same('a look without a case: one lead', await lead.count(), 1)
  await auditor.write(lead.locator('input[name=reason]'), '点错地址 a slip')
  await auditor.follow(auditor.button(words.explain, lead))
  await auditor.look('audit, a lead explained', { title: words.title })
  walk.same('audit, a lead explained: it stands', await page.locator('form[action="/audit/leads"]').count(), 0)
  await auditor.leave()
}

async function audited(walk, login) {
  const person = await Person.signedIn(walk, 'auditor-1')
  const { page } = person
  const { audit: words, people, register } = walk.words
  await person.follow(person.link(people.title, page.locator('header')))
  await person.follow(person.link(words.title, page.locator('main')))
  await person.look('audit', { title: words.title })
  await page.selectOption('#group', 'personal')
  await person.follow(person.button(register.find_it, page.locator('main')))
  await person.look('audit, personal values', { title: words.title })
  walk.holds('audit: the reason is there', (await page.locator('main tbody').last().innerText()).includes(RARE), 'it is not')
  await person.write(page.locator('#about'), login)
  await page.selectOption('#group', 'people')
  await person.follow(person.button(register.find_it, page.locator('main')))
  walk.same('audit: account and role of somebody', await page.locator('section').last().locator('tbody tr').count(), 2)
  await person.leave()
}

async function kept(walk) {
  const person = await Person.signedIn(walk, 'keeper-1')
  const { page } = person
  const { definition: words } = walk.words
  await person.open('/definitions')
  await person.look('files of definitions', { title: words.title })
  await person.open(PROCESS)
  const title = /(?:污染源超标督办|Exceedance supervision.*)/
  await person.look('a process', { title })
  await person.write(page.locator('#to-1'), '2')
  await person.follow(page.locator('main form button').first())
  const settings = /(?:本地设置|settings)/
  await person.look('a limit, tried', { title: settings, fresh: false })
  walk.same('a limit, tried: cases of the past differ', await page.locator('#h-outcome ~ table').count(), 1)
  walk.same('a limit, tried: it can be put in force', await page.locator('button[value=put]').count(), 1)
  await person.leave()
}
