import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { launchChromium } from './browser.ts'

/** Draws icon.svg in the sizes that browsers want: `node extension/screens/stories/icons.ts`. */

const sizes = [16, 32, 48, 128]
const folder = join(import.meta.dirname, '../../public/icons')

const svg = await readFile(join(import.meta.dirname, 'icon.svg'), 'utf8')
const browser = await launchChromium()
const page = await browser.newPage()
for (const size of sizes) {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
  )
  await writeFile(join(folder, `${size}.png`), await page.screenshot({ omitBackground: true }))
}
await browser.close()
