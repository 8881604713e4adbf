// Copies the relay's data while it runs: `npm run relay:backup -- --to DIR`.
import { embeddedFolder, listLost, readOption, runCommand } from './backup/command.ts'
import { saveBackup } from './backup/save.ts'

await runCommand(async () => {
  const { dir } = readOption('to', 'usage: npm run relay:backup -- --to DIR')
  const { pins, blocks, bytes, at, lost, lostPins } = await saveBackup(embeddedFolder(), dir)
  console.log(`Saved ${pins} pins in ${blocks} blocks, ${bytes} bytes, each one hashed, to ${dir} at ${at}.`)
  if (lost.length === 0) return
  console.error(`${lost.length} blocks of ${lostPins} pins are missing or damaged at the relay itself:`)
  listLost(lost)
  process.exitCode = 1
})
