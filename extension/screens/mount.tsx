import { type ComponentChild, render } from 'preact'
import { z } from 'zod'

/** Puts a screen into its page. */
export function mount(screen: ComponentChild): void {
  // The content security policy forbids eval, which zod would otherwise try for speed.
  z.config({ jitless: true })
  const root = document.getElementById('root')
  if (root) render(screen, root)
}
