/** The status page's own style sheet; the page's policy names its hash, so that nothing else is applied. */
export const style = `
:root { color-scheme: light dark; --ground: #f4f6f8; --card: #fff; --text: #17222d; --quiet: #566573; --line: #dbe1e7;
  --accent: #17639c; --good: #1c7446; --good-ground: #e7f4ec; --warning: #8a5300; --warning-ground: #fdf1dc; }
@media (prefers-color-scheme: dark) { :root { --ground: #10161c; --card: #182028; --text: #e8edf2; --quiet: #9aa8b5;
  --line: #2c3843; --accent: #6db6ee; --good: #7fd3a4; --good-ground: #15291f; --warning: #f2bd68; --warning-ground: #2f2412; } }
* { box-sizing: border-box; margin: 0; }
body { background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; padding: 32px 16px; }
main { display: grid; gap: 16px; grid-template-columns: repeat(6, 1fr); max-width: 960px; margin: 0 auto; }
header, .verdict, .plots { grid-column: 1 / -1; }
header { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 16px; }
h1 { font-size: 28px; line-height: 1.25; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin-bottom: 12px; }
header p, small, dt, figure p, footer { color: var(--quiet); }
section { grid-column: span 2; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px; }
.verdict { border-left-width: 6px; }
.verdict h2 { font-size: 20px; margin: 0; }
.verdict.good { background: var(--good-ground); border-color: var(--good); }
.verdict.good h2 { color: var(--good); }
.verdict.warning { background: var(--warning-ground); border-color: var(--warning); }
.verdict.warning h2 { color: var(--warning); }
.plots { display: grid; grid-template-columns: 1fr 1fr; gap: 0 32px; }
.plots h2 { grid-column: 1 / -1; }
figcaption, figure p { display: flex; justify-content: space-between; gap: 8px; }
figcaption b { font-weight: 500; }
figcaption span { font-variant-numeric: tabular-nums; }
figure p { font-size: 13px; white-space: nowrap; }
svg { display: block; width: 100%; height: 96px; margin: 8px 0 4px; }
rect { fill: var(--accent); }
path { stroke: var(--line); stroke-width: 2px; vector-effect: non-scaling-stroke; }
dl { display: grid; gap: 12px; }
dl div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 16px; }
dd { font-weight: 600; font-variant-numeric: tabular-nums; text-align: right; }
small { display: block; font-size: 13px; font-weight: 400; }
footer { max-width: 960px; margin: 24px auto 0; font-size: 13px; }
section:nth-last-of-type(-n + 2) { grid-column: span 3; }
@media (max-width: 720px) { body { padding: 16px 12px; } main, .plots { grid-template-columns: 1fr; }
  section, section:nth-last-of-type(-n + 2) { grid-column: 1; } .plots { gap: 20px; } h1 { font-size: 24px; } }
`
