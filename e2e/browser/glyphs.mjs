// Whether every character can be drawn in the fonts that the page asks for. A character that no font has is drawn as
// the same box as a code point that can have no glyph; so both are drawn on a canvas and their pixels compared.

/** Names with rare characters, as people bear them; the point between the parts of a name. */
export const RARE = '同㛃𬱖·'

/** Code points that are no characters for ever: whatever is drawn for them is the box. */
const NO_CHARACTER = [0x10fffe, 0x3fffe, 0xfffe]

/** Another one, and one not assigned, to prove that the test can fail. */
export const UNDRAWABLE = String.fromCodePoint(0x10ffff, 0x2fffe)

/** The characters of the page, and some more, that are drawn as a box or as nothing; and how many were tried. */
export function missingGlyphs(page, more) {
  return page.evaluate(drawAll, { more, none: NO_CHARACTER })
}

function drawAll({ more, none }) {
  const SIZE = 48
  const pen = Object.assign(document.createElement('canvas'), { width: SIZE, height: SIZE }).getContext('2d', {
    willReadFrequently: true,
  })
  const draw = (character, font) => {
    pen.clearRect(0, 0, SIZE, SIZE)
    pen.font = font
    pen.fillText(character, 4, 36)
    return pen
      .getImageData(0, 0, SIZE, SIZE)
      .data.filter((_, at) => at % 4 === 3)
      .join()
  }
  const fontOf = (element) => {
    const { fontWeight, fontFamily } = getComputedStyle(element)
    return `${fontWeight} 32px ${fontFamily}`
  }

  const byFont = new Map([[fontOf(document.body), new Set(more)]])
  const add = (element, text) => {
    const font = fontOf(element)
    if (!byFont.has(font)) byFont.set(font, new Set())
    for (const character of text) byFont.get(font).add(character)
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) add(node.parentElement, node.data)
  for (const field of document.querySelectorAll('textarea, input:not([type=hidden])')) add(field, field.value + more)

  const blank = draw(' ', '32px sans-serif')
  const missing = []
  let tried = 0
  for (const [font, characters] of byFont) {
    const boxes = new Set(none.map((point) => draw(String.fromCodePoint(point), font)).concat(blank))
    for (const character of characters) {
      if (/[\p{White_Space}\p{Cc}\p{Cf}]/u.test(character)) continue
      tried += 1
      if (boxes.has(draw(character, font)))
        missing.push(`U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')} ${character}`)
    }
  }
  return { missing, tried }
}

/** The families that the browser really drew the page with. */
export async function drawnWith(page) {
  const devtools = await page.context().newCDPSession(page)
  try {
    await devtools.send('DOM.enable')
    await devtools.send('CSS.enable')
    const { root } = await devtools.send('DOM.getDocument')
    const { nodeId } = await devtools.send('DOM.querySelector', { nodeId: root.nodeId, selector: 'body' })
    const { fonts } = await devtools.send('CSS.getPlatformFontsForNode', { nodeId })
    return [...new Set(fonts.map((font) => font.familyName))].sort()
  } finally {
    await devtools.detach()
  }
}
