const wordCount = 24

/** Some different positions from 1 to 24, in order. `random` returns a whole number below its argument. */
export function drawPositions(count: number, random: (below: number) => number = secureRandom): number[] {
  const left = Array.from({ length: wordCount }, (_, index) => index + 1)
  const drawn = Array.from({ length: count }, () => left.splice(random(left.length), 1)).flat()
  return drawn.sort((one, other) => one - other)
}

function secureRandom(below: number): number {
  const [value = 0] = crypto.getRandomValues(new Uint32Array(1))
  return value % below
}
