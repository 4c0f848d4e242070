import { createHash } from "node:crypto";

/** The whole look of the documentation page; it stands inside the page, so that nothing else has to be loaded. */
export const DOCS_STYLE = `
:root { color-scheme: light dark;
  --paper: light-dark(#fcfcfd, #101114); --raised: light-dark(#ffffff, #17181c); --ink: light-dark(#191b20, #eceef2);
  --quiet: light-dark(#5c6370, #9aa1ae); --line: light-dark(#e4e6eb, #2a2d34); --link: light-dark(#2f4fd0, #9db4ff);
  --code: light-dark(#f2f3f6, #1f2127);
  --get: light-dark(#0b6b57, #5fd3b5); --post: light-dark(#2f4fd0, #9db4ff); --patch: light-dark(#8a5a00, #f0bd5c); --delete: light-dark(#b3261e, #ff9c92); }
* { box-sizing: border-box; }
html { scroll-padding-top: 1.5rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 Pretendard, system-ui, sans-serif; }
a { color: var(--link); text-underline-offset: .2em; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px; }
code, pre { font: .875em/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { background: var(--code); border-radius: 4px; padding: .1em .35em; overflow-wrap: anywhere; }
pre { background: var(--code); border-radius: 8px; padding: .9rem 1rem; margin: .5rem 0; overflow-x: auto; }
pre code { background: none; padding: 0; overflow-wrap: normal; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .25rem; letter-spacing: -.02em; }
h2 { font-size: 1.3rem; margin: 3.5rem 0 1rem; letter-spacing: -.01em; }
h3 { font-size: 1rem; margin: 0; font-weight: 500; }
h4 { font-size: .8rem; margin: 1.4rem 0 .3rem; color: var(--quiet); font-weight: 600; }
p { margin: .5rem 0; max-width: 68ch; } ul { padding-left: 1.2rem; max-width: 68ch; } li { margin: .3rem 0; }
.frame { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 84rem; margin: 0 auto; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 2rem 1rem 2rem 1.5rem; border-right: 1px solid var(--line); font-size: .875rem; }
nav strong { display: block; margin: 1.3rem 0 .25rem; font-size: .8rem; color: var(--quiet); }
nav a { display: block; padding: .18rem 0; color: inherit; text-decoration: none; } nav a:hover { text-decoration: underline; }
main { padding: 2.5rem clamp(1rem, 4vw, 3.5rem) 6rem; min-width: 0; }
.quiet { color: var(--quiet); }
.call { border: 1px solid var(--line); border-radius: 10px; background: var(--raised); margin: .75rem 0; }
.call > summary { cursor: pointer; padding: .8rem 1rem; list-style: none; display: flex; flex-wrap: wrap; align-items: baseline; gap: .3rem .75rem; }
.call > summary::-webkit-details-marker { display: none; }
.call > summary code { background: none; padding: 0; font-size: .95rem; }
.call > summary > span { color: var(--quiet); font-size: .9rem; }
.call .inside { padding: 0 1rem 1rem; border-top: 1px solid var(--line); }
.call:target { border-color: var(--link); }
.method { display: inline-block; font: 600 .75rem/1 ui-monospace, monospace; min-width: 3.8rem; }
.GET { color: var(--get); } .POST { color: var(--post); } .PATCH { color: var(--patch); } .DELETE { color: var(--delete); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; } .wide { overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .45rem .9rem .45rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 500; color: var(--quiet); font-size: .8rem; white-space: nowrap; } td:first-child { white-space: nowrap; }
.note { color: var(--quiet); }
@media (max-width: 52rem) { .frame { display: block; } nav { position: static; max-height: none; border-right: 0; border-bottom: 1px solid var(--line); padding: 1rem; columns: 2; } nav strong { break-after: avoid; } .parameters tr { display: block; border-bottom: 1px solid var(--line); padding: .4rem 0; } .parameters tr:first-child { display: none; } .parameters td { display: inline-block; border: 0; padding: .1rem .6rem .1rem 0; } .parameters td:last-child { display: block; } }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`;

/** Lets exactly this style apply and nothing else load, run or frame the page. */
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(DOCS_STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
