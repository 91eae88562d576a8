// What is looked at on every page. The functions here run inside the page, need no scripts of its own, and change
// nothing; each returns facts or a list of faults in words.

/** Facts of the document and the faults that can be seen in it. */
export function look(wanted) {
  const faults = { frame: [], language: [], images: [], forms: [], markup: [] }
  const root = document.documentElement
  const shown = (element) => element.checkVisibility({ visibilityProperty: true })
  const excerpt = (text) => `“${text.trim().replace(/\s+/g, ' ').slice(0, 60)}”`

  if (root.lang !== wanted.tag) faults.frame.push(`html lang is “${root.lang}”`)
  if (document.compatMode !== 'CSS1Compat') faults.frame.push('quirks mode')
  const heads = [...document.querySelectorAll('h1')].filter(shown)
  if (heads.length !== 1) faults.frame.push(`${heads.length} h1`)
  else if (!heads[0].innerText.trim()) faults.frame.push('the h1 is empty')
  for (const landmark of ['header', 'main', 'footer']) {
    if (document.querySelectorAll(`body > ${landmark}`).length !== 1) faults.frame.push(`not one ${landmark}`)
  }
  if (document.querySelector('iframe, object, embed')) faults.frame.push('a frame')
  // A script is comfort, a file of ours, and comes after the page.
  for (const script of document.querySelectorAll('script')) {
    const ours = script.src && new URL(script.src).origin === location.origin && script.defer
    if (!ours || script.textContent.trim()) faults.frame.push('a script that is no file of ours')
  }
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')]
    .filter(shown)
    .map((head) => Number(head.localName[1]))
  levels.forEach((level, at) => {
    if (level > (levels[at - 1] ?? 0) + 1) faults.markup.push(`h${level} follows h${levels[at - 1] ?? 0}`)
  })
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id)
  ids.filter((id, at) => ids.indexOf(id) !== at).forEach((id) => faults.markup.push(`id ${id} twice`))
  for (const cell of document.querySelectorAll('main *')) {
    if (/\{\w+\}/.test(cell.textContent) && !cell.closest('pre, blockquote, textarea'))
      faults.markup.push(`unfilled ${excerpt(cell.textContent)}`)
  }

  // Text in the other language is marked, so that it is spoken and drawn rightly.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data
    const around = node.parentElement
    if (!text.trim() || around.closest('code, textarea, style')) continue
    const lang = around.closest('[lang]')?.lang ?? ''
    const han = /\p{Script=Han}/u.test(text)
    const english = text.split(/\s+/).filter((word) => /^[a-z]{3,}$/i.test(word)).length > 1
    if (han && !lang.startsWith('zh')) faults.language.push(`Chinese under lang=${lang}: ${excerpt(text)}`)
    if (!han && english && !lang.startsWith('en'))
      faults.language.push(`English under lang=${lang}: ${excerpt(text)}`)
  }

  for (const image of document.querySelectorAll('img, svg[role=img]')) {
    const names = (image.getAttribute('aria-labelledby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
    if (!(image.alt ?? names.join('')).trim()) faults.images.push(`${image.localName} has no name`)
  }
  for (const field of document.querySelectorAll('input:not([type=hidden]), textarea, select')) {
    if (![...(field.labels ?? [])].some((label) => label.textContent.trim()))
      faults.forms.push(`${field.name} has no label`)
    if (['radio', 'checkbox'].includes(field.type) && field.checked && wanted.fresh)
      faults.forms.push(`${field.name} is chosen beforehand`)
  }
  for (const form of document.querySelectorAll('form')) {
    if (new URL(form.action).origin !== location.origin) faults.forms.push(`a form posts to ${form.action}`)
  }

  // What a first visit carries over the wire, pictures apart: bodies as encoded, and an allowance for their headers.
  const loads = performance
    .getEntriesByType('resource')
    .filter((entry) => !/\.(svg|png|jpe?g|webp|ico)\b/.test(entry.name))
  const bodies = [...performance.getEntriesByType('navigation'), ...loads].map((entry) => entry.encodedBodySize)
  const foreign = loads
    .filter((entry) => new URL(entry.name).origin !== location.origin)
    .map((entry) => `loads ${entry.name}`)
  faults.frame.push(...foreign)
  return {
    title: document.title,
    faults,
    weight: bodies.reduce((sum, size) => sum + size + 400, 0),
    styles: document.styleSheets.length,
    scripts: document.scripts.length,
  }
}

/** What sticks out of the page at the present width. */
export function overflow() {
  const { clientWidth, scrollWidth } = document.documentElement
  if (scrollWidth <= clientWidth) return []
  const wide = [...document.querySelectorAll('body *')].filter(
    (element) => element.getBoundingClientRect().right > clientWidth + 1,
  )
  const deepest = wide.filter((element) => ![...element.children].some((child) => wide.includes(child)))
  const names = deepest
    .slice(0, 3)
    .map((element) => `<${element.localName} class="${element.getAttribute('class') ?? ''}">`)
  return [`${scrollWidth} px wide at ${clientWidth}: ${names.join(' ')}`]
}

/** Where the keyboard is: which element, and whether that can be seen. */
export function focus() {
  const element = document.activeElement
  if (!element || element === document.body) return null
  const style = getComputedStyle(element)
  const box = element.getBoundingClientRect()
  const faults = []
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
  if (!element.matches(':focus-visible') || !ring) faults.push('no ring')
  if (box.width < 1 || box.height < 1) faults.push('no size')
  if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth)
    faults.push('out of sight')
  const over = document.elementFromPoint(
    Math.max(box.left, 0) + Math.min(box.width / 2, 8),
    Math.max(box.top, 0) + Math.min(box.height / 2, 8),
  )
  if (over && !element.contains(over) && !over.contains(element)) faults.push(`under <${over.localName}>`)
  const name = `<${element.localName}> “${(element.innerText || element.name || element.id || '').trim().slice(0, 24)}”`
  return { name, faults: faults.map((fault) => `${name} ${fault}`) }
}

/** Everything that the keyboard must reach. */
export function stops() {
  const candidates = 'a[href], button, input:not([type=hidden]), textarea, select, summary, [tabindex]'
  const all = [...document.querySelectorAll(candidates)].filter(
    (element) => element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true }),
  )
  // A group of radio buttons is one stop.
  const groups = new Set(
    all.filter((element) => element.type === 'radio').map((element) => `${element.form?.action} ${element.name}`),
  )
  return all.filter((element) => element.type !== 'radio').length + groups.size
}

/** What is too small to be hit with a finger: WCAG 2.2 asks for 24 by 24, links in a line of text excepted. */
export function smallTargets() {
  const small = []
  for (const element of document.querySelectorAll('a[href], button, input:not([type=hidden]), summary')) {
    const box = element.getBoundingClientRect()
    const within = element.closest('label')?.getBoundingClientRect() ?? box
    if (!element.checkVisibility() || box.right <= 0 || getComputedStyle(element).display === 'inline') continue
    if (within.height < 24 || within.width < 24)
      small.push(
        `<${element.localName}> “${element.innerText.trim().slice(0, 20)}” ${Math.round(box.width)} × ${Math.round(box.height)}`,
      )
  }
  return small
}
