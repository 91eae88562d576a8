// Figures that stand twice on a page must be the same figures: chart and table, a deadline's lines and its sum.

/** Inside a source's page: the chart that is shown, read back from its drawing, and the table beside it. */
export function chartAndTable() {
  const number = (element, name) => parseFloat(element.getAttribute(name))
  const shown = [...document.querySelectorAll('svg[role=img]')].filter((svg) => svg.checkVisibility())
  const faults = shown.length === 1 ? [] : [`${shown.length} charts are shown`]
  const [svg] = shown
  if (!svg) return { faults, hours: 0 }
  const names = svg
    .getAttribute('aria-labelledby')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent.trim())
  if (names.length < 2 || names.some((name) => !name)) faults.push('the chart has no name or no description')
  const told = document.querySelector('main').innerText
  if (!told.includes(names[1])) faults.push('the description is not what the page says in words')

  // The scale, from two of the axis' own labels.
  const labels = [...svg.querySelectorAll('text.end')].filter((label) => /^[\d.]+$/.test(label.textContent))
  const [zero, top] = [labels[0], labels.at(-1)].map((label) => ({
    value: Number(label.textContent),
    y: number(label, 'y'),
  }))
  const perUnit = (zero.y - top.y) / (top.value - zero.value)
  const bars = [...svg.querySelectorAll('rect.ok, rect.over, rect.no, path.gap')].map((bar) => ({
    kind: bar.getAttribute('class'),
    value: bar.localName === 'rect' ? number(bar, 'height') / perUnit : null,
  }))

  const rows = [...document.querySelectorAll('table.hours tbody tr')].reverse().map((row) => ({
    interval: row.cells[0].innerText.trim(),
    value: row.querySelector('.num b')?.innerText ?? null,
    over: row.cells[2].querySelector('.over') !== null,
  }))
  if (bars.length !== rows.length) faults.push(`${bars.length} bars for ${rows.length} rows`)
  rows.forEach((row, at) => {
    const bar = bars[at]
    if (!bar) return
    const drawn = bar.value === null ? '—' : bar.value.toFixed(2)
    // A tenth of a pixel is as fine as the drawing goes.
    const same = row.value === null ? bar.value === null : Math.abs(bar.value - Number(row.value)) <= 0.2 / perUnit
    if (!same) faults.push(`${row.interval}: ${drawn} drawn, ${row.value ?? '—'} in the table`)
    if ((bar.kind === 'over') !== row.over) faults.push(`${row.interval}: drawn as ${bar.kind}`)
  })
  const values = rows.filter((row) => row.value !== null).map((row) => row.value)
  return { faults, hours: rows.length, values, limit: svg.querySelector('.limit-text')?.textContent ?? '' }
}

/** Inside a source's page without a limit: nothing is said to be within it or over it. */
export function judgedWithoutLimit(words) {
  const main = document.querySelector('main')
  const judged = [...main.querySelectorAll('table.hours tbody td')].map((cell) => cell.innerText.trim())
  const said = [words.within, words.over_limit].filter((word) => judged.includes(word))
  const legend = [...main.querySelectorAll('.legend li')].map((item) => item.innerText.trim())
  return said
    .concat(legend.filter((text) => [words.legend_ok, words.legend_over].includes(text)))
    .map((text) => `says “${text}”`)
}

/** Inside the list of sources: a state is about now, so what was judged must not be old. */
export function oldStates({ states, allowedMinutes }) {
  const instant = (text) => Date.parse(`${text.replace(' ', 'T')}Z`)
  const now = instant(document.querySelector('.log-time time').innerText)
  const rows = [...document.querySelectorAll('main table tbody tr')]
  return rows.flatMap((row) => {
    const state = row.querySelector('.tag').innerText
    const [, day, end] = /^(\S+) .*–(\S+)$/.exec(row.querySelector('time')?.innerText ?? '') ?? []
    const minutes = end ? (now - instant(`${day} ${end}`)) / 60_000 : 0
    if (!states.includes(state) || minutes <= allowedMinutes) return []
    return [`${row.querySelector('th').innerText}: “${state}” of ${Math.round(minutes / 60)} hours ago`]
  })
}

/** Inside a case's page: the lines of the deadline add up to its sum and end where it is due. */
export function deadline() {
  const box = document.querySelector('#deadline')
  if (!box) return { faults: ['there is no explanation'] }
  const minutes = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
  const lines = [...box.querySelectorAll('tbody tr')].map((row) => {
    const [from, to] = row.cells[1].innerText.trim().split('–')
    return { day: row.querySelector('time').innerText, from, to, minutes: minutes(to) - minutes(from) }
  })
  const sum = lines.reduce((all, line) => all + line.minutes, 0)
  const due = box.querySelector('tfoot time')?.innerText ?? ''
  const last = lines.at(-1)
  const faults = []
  if (!box.checkVisibility() || !box.querySelector('details[open]')) faults.push('it is folded away')
  if (due !== `${last?.day} ${last?.to}`)
    faults.push(`due ${due}, but the last line ends at ${last?.day} ${last?.to}`)
  return {
    faults,
    sum,
    due,
    total: box.querySelector('tfoot td').innerText,
    text: box.innerText,
    lines: lines.length,
  }
}
