// Owns how the statistics page looks: one style sheet, light and dark, no resource from elsewhere. Colours mean what HAProxy's users know:
// green up, yellow on its way down, orange on its way up, red down, brown maintenance, blue drained, grey unchecked.

/** The page's whole style sheet. */
export const pageStyle = `
:root { color-scheme: light dark;
  --paper: #fff; --ink: #1c2024; --soft: #667; --line: #d5d9e0; --head: #eef1f5;
  --up: #c5f0c5; --going-down: #fff3b0; --going-up: #ffd9a0; --down: #ffb3ab; --nolb: #b9e3f7; --drain: #b9e3f7; --maint: #e0c9a6; --no-check: #e6e8ec;
  --backup-up: #c3dcff; --sum: #f5f7fa; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14171b; --ink: #e4e7eb; --soft: #98a1ad; --line: #333a43; --head: #1f242b;
  --up: #1d4423; --going-down: #55480c; --going-up: #5f3d0e; --down: #66211b; --nolb: #17475e; --drain: #17475e; --maint: #4e3a1b; --no-check: #2a2f37;
  --backup-up: #1b3a66; --sum: #1a1e24; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--paper); color: var(--ink); font: 13px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.25rem; margin: 0; } h2 { font-size: 1rem; font-weight: 500; margin: .1rem 0 1rem; color: var(--soft); }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; } h3 small { color: var(--soft); font-weight: 400; }
a { color: inherit; } .facts { display: flex; flex-wrap: wrap; gap: .4rem 2.5rem; } .facts p { margin: 0; }
.facts ul { margin: 0; padding-left: 1.1rem; }
.legend span { display: inline-block; padding: 0 .5rem; margin: .1rem .2rem .1rem 0; border-radius: 3px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 11.5px; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid var(--line); padding: .15rem .3rem; text-align: right; white-space: nowrap; }
th { background: var(--head); font-weight: 600; text-align: center; } td.name, td.text { text-align: left; }
tr.frontend td, tr.backend td { background: var(--sum); font-weight: 600; } tr.listener td { color: var(--soft); }
[title] { text-decoration: underline dotted; text-underline-offset: 2px; }
.up { background: var(--up); } .backup.up { background: var(--backup-up); } .going-down { background: var(--going-down); }
.going-up { background: var(--going-up); } .down { background: var(--down); } .nolb { background: var(--nolb); } .drain { background: var(--drain); }
.maint { background: var(--maint); } .no-check { background: var(--no-check); }
.notice { padding: .5rem .8rem; border-left: 4px solid; margin: .8rem 0; } .notice.good { background: var(--up); } .notice.bad { background: var(--down); }
form.action { margin: .4rem 0; } input, select, button { font: inherit; }
`;
