// MapLibre, the library that others draw maps with, draws the city's tiles: a real WebGL canvas, without a graphics card.

import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const LIBRARY = fileURLToPath(new URL('node_modules/maplibre-gl/dist', import.meta.url))
const ARGS = ['--headless', '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']

/** What MapLibre has drawn of a city's tiles, and what it complained of. */
export async function drawn(base, executablePath) {
  const browser = await chromium.launch({ executablePath, args: ARGS })
  try {
    const page = await browser.newPage({ viewport: { width: 800, height: 800 } })
    // A page of the city's own origin: tiles are for whoever may see them.
    const address = new URL('/map-of-others', base).href
    const body = `<!doctype html><title>map</title><div id="map" style="width:780px;height:780px"></div>
      <script type="module">globalThis.maplibregl = await import('/library/maplibre-gl.mjs')</script>`
    await page.route(address, (route) => route.fulfill({ contentType: 'text/html', body }))
    await page.route('**/library/*', (route) =>
      route.fulfill({
        contentType: 'text/javascript',
        path: path.join(LIBRARY, path.basename(new URL(route.request().url()).pathname)),
      }),
    )
    await page.goto(address)
    await page.waitForFunction(() => globalThis.maplibregl)
    return await page.evaluate(draw, new URL('/features/tiles/{z}/{x}/{y}.mvt', base).href.replaceAll(/%7B(\w)%7D/g, '{$1}'))
  } finally {
    await browser.close()
  }
}

function draw(tiles) {
  const faults = []
  const source = { type: 'vector', tiles: [tiles], maxzoom: 14 }
  const layer = (id, type, name) => ({ id, type, source: 'city', 'source-layer': name })
  const layers = [layer('lines', 'line', 'divisions'), layer('dots', 'circle', 'MonitoredSource')]
  const style = { version: 8, sources: { city: source }, layers }
  return new Promise((resolve) => {
    const map = new globalThis.maplibregl.Map({ container: 'map', center: [113.4, 40], zoom: 8, style })
    map.on('error', ({ error }) => faults.push(String(error)))
    map.once('idle', () => {
      const of = (id) => map.queryRenderedFeatures({ layers: [id] }).map((feature) => feature.properties)
      resolve({ faults, lines: of('lines').map((one) => one.title), dots: of('dots').map((one) => one.name) })
    })
  })
}
