// The API as a page to read: made from the route table, without a script.
import { html, raw } from 'hono/html';
import { problemCodes, statusOf, toProblem } from '../../shared/api/problem.ts';
import type { Route } from '../../shared/api/route.ts';
import { apiPrefix, type OperationId, operationIds, routes } from '../../shared/api/routes.ts';
import type { OpenApiDocument } from './openapi.ts';

type Html = ReturnType<typeof html>;

export function renderApiPage(document: OpenApiDocument, nonce: string): Html {
  const groups = Map.groupBy(operationIds, id => routes[id].path.split('/')[1] ?? '');
  return html`${raw('<!DOCTYPE html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Quayside API</title>
<style nonce="${nonce}">${raw(style)}</style>
</head>
<body>
<header>
<h1>Quayside API</h1>
<p>Version ${document.info.version}. Send the token of <code>quayside token</code> as <code>Authorization: Bearer &hellip;</code>.
The same as a document for programs: <a href="/openapi.json">openapi.json</a>. Back to <a href="/">Quayside</a>.</p>
</header>
<nav aria-label="Parts of the API"><ul>${[...groups.keys()].map(group => html`<li><a href="#${group}">${group}</a></li>`)}<li><a href="#problems">problems</a></li></ul></nav>
<main>
${[...groups].map(([group, ids]) => html`<section aria-labelledby="${group}"><h2 id="${group}">${group}</h2>${ids.map(id => renderRoute(document, id))}</section>`)}
<section aria-labelledby="problems"><h2 id="problems">problems</h2>
<p>Every answer that is not a success is one of these (RFC 9457).</p>
<table><thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">What happened</th></tr></thead>
<tbody>${problemCodes.map(code => html`<tr><td><code>${code}</code></td><td>${statusOf(code)}</td><td>${toProblem(code, { detail: '' }).title}</td></tr>`)}</tbody></table>
</section>
</main>
</body>
</html>`;
}

function renderRoute(document: OpenApiDocument, id: OperationId): Html {
  const route: Route = routes[id];
  const described = document.paths?.[`${apiPrefix}${route.path}`]?.[route.method];
  const parameters = (described?.parameters ?? []) as {
    name: string;
    in: string;
    required?: boolean;
    schema?: unknown;
  }[];
  const needs =
    route.permission === 'public'
      ? html`<li>no permission</li>`
      : html`<li>permission <code>${route.permission}</code></li>`;
  return html`<details><summary><code class="method">${route.method.toUpperCase()}</code> <code>${apiPrefix}${route.path}</code> <span>${route.summary}</span></summary>
<ul class="facts">${needs}${route.audited ? html`<li>audited</li>` : ''}<li>operation <code>${id}</code></li></ul>
${parameters.length > 0 ? renderParameters(parameters) : ''}
${described?.requestBody ? html`<h3>Body</h3>${renderJson(contentOf(described.requestBody))}` : ''}
<h3>Answer ${route.status}</h3>${renderJson(contentOf(described?.responses?.[String(route.status)]))}
${route.problems.length > 0 ? html`<h3>Problems</h3><p>${route.problems.map(code => html`<code>${code}</code> `)}</p>` : ''}
</details>`;
}

const renderParameters = (parameters: { name: string; in: string; required?: boolean; schema?: unknown }[]): Html =>
  html`<h3>Parameters</h3><table><thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">Schema</th></tr></thead>
<tbody>${parameters.map(({ name, in: place, required, schema }) => html`<tr><td><code>${name}</code>${required ? ' (required)' : ''}</td><td>${place}</td><td><code>${JSON.stringify(schema)}</code></td></tr>`)}</tbody></table>`;

const renderJson = (schema: unknown): Html => html`<pre tabindex="0">${JSON.stringify(schema, null, 2)}</pre>`;

function contentOf(part: unknown): unknown {
  const content = (part as { content?: Record<string, { schema?: unknown }> } | undefined)?.content ?? {};
  return Object.values(content)[0]?.schema ?? {};
}

const style = `
:root { color-scheme: light dark; --line: #8886; --accent: light-dark(#005fb8, #4daafc); }
body { background: light-dark(#fff, #1f1f1f); color: light-dark(#3b3b3b, #ccc); font: 14px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { border-bottom: 1px solid var(--line); font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
a { color: var(--accent); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; }
details { border: 1px solid var(--line); border-radius: 4px; margin: .4rem 0; padding: .4rem .75rem; }
summary { cursor: pointer; overflow-wrap: anywhere; } summary span { opacity: .85; }
.method { color: var(--accent); display: inline-block; font-weight: 600; min-width: 3.5rem; }
.facts { display: flex; flex-wrap: wrap; gap: 0 1.5rem; list-style: none; padding: 0; }
code, pre { font-family: ui-monospace, monospace; font-size: 13px; }
pre { background: #8881; max-height: 24rem; overflow: auto; padding: .5rem; }
table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid var(--line); padding: .2rem .5rem .2rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
`;
