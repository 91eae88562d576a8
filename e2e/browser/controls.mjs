// Proves that the checks can fail: each is given something that is wrong, and must say so.

import { chartAndTable, deadline, judgedWithoutLimit } from './figures.mjs'
import { missingGlyphs, RARE, UNDRAWABLE } from './glyphs.mjs'
import { wordsOf } from './lib.mjs'
import { focus, look, overflow, smallTargets } from './look.mjs'
import { Person } from './person.mjs'

const BAD_PAGE = `<title>x</title><body class="public" style="font-family: 'Noto Sans CJK SC', sans-serif">
  <header></header><footer></footer><main><h1>One</h1><h1>Two</h1><h3 id="a">Three {n}</h3><p id="a">同</p>
  <div lang="zh-CN">These are English words.</div>
  <img src="data:,"><input name="bare"><input type="radio" name="chosen" checked>
  <p style="color:#bbb;background:#fff">pale</p><div style="width:3000px">wide</div>
  <button style="outline:none;width:12px;height:12px;padding:0">x</button><p>${UNDRAWABLE}</p></main>`

export async function prove(tally, audit, base, records) {
  const { page } = audit
  const told = (what, faults) =>
    tally.holds(`control: ${what}`, faults.length > 0, 'nothing was said', faults.join(' | ').slice(0, 160))
  await audit.show({ url: `${base}/`, body: `<!doctype html><html>${BAD_PAGE}` })

  const { faults } = await page.evaluate(look, { tag: 'zh-CN', fresh: true })
  for (const [kind, found] of Object.entries(faults)) told(`a bad page is told by its ${kind}`, found)
  told('what sticks out is told', await page.evaluate(overflow))
  told('a target too small is told', await page.evaluate(smallTargets))
  await page.locator('button').focus()
  told('a focus that cannot be seen is told', (await page.evaluate(focus)).faults)

  const { missing } = await missingGlyphs(page, '')
  tally.same('control: characters that no font has are told', missing.length, [...UNDRAWABLE].length)
  tally.same(
    'control: rare names are not among them',
    (await missingGlyphs(page, RARE)).missing.length,
    missing.length,
  )
  const ids = (await audit.axe()).serious.map((fault) => fault.split(' ')[0])
  const wanted = ['html-has-lang', 'image-alt', 'color-contrast', 'label']
  tally.check(
    'control: axe-core finds what is wrong',
    wanted.filter((id) => !ids.includes(id)).map((id) => `not ${id}`),
    ids.join(', '),
  )

  // One figure changed in the table, and one in the deadline.
  const recorded = (name) => records.find((record) => record.name === `zh ${name}`)
  const changed = async (name, from, to) => {
    const record = recorded(name)
    await audit.show({ url: record?.url ?? base, body: record?.body.toString().replace(from, to) ?? '' })
  }
  await changed('source', /(<td class="num"><b>)(\d+)/, (_, before, value) => `${before}${Number(value) + 2}`)
  told('a chart that differs from its table is told', (await page.evaluate(chartAndTable)).faults)
  await changed('case', /(<time>[\d-]+ \d\d):\d\d(<\/time><\/th><td class="num">)/, '$1:59$2')
  told('a deadline that its lines do not give is told', (await page.evaluate(deadline)).faults)
  const words = wordsOf('zh')
  await changed('source', '', '')
  told(
    'a verdict without a limit is told',
    await page.evaluate(judgedWithoutLimit, { ...words.source, ...words.words }),
  )
}

/** A page that the browser complains of: its listener must hear it. */
export async function proveComplaints(walk) {
  const person = await Person.arrive(walk)
  const headers = { 'content-security-policy': "default-src 'none'; img-src 'self'" }
  const body = '<!doctype html><img src="/no-such.svg" alt=""><p style="color:red">x</p><script>1</script>'
  await person.page.route('**/complaint', (route) =>
    route.fulfill({ status: 200, contentType: 'text/html', headers, body }),
  )
  await person.open('/complaint')
  const heard = person.complaints
  walk.holds(
    'control: what the browser complains of is heard',
    heard.some((one) => one.startsWith('404')) && heard.some((one) => one.includes('Content Security Policy')),
    heard,
  )
  await person.context.close()
}
