// The HTML around the pages. Nothing is loaded but our own two files, and no script runs without this panel's nonce.

export interface PanelShell {
  scriptUri: string;
  styleUri: string;
  cspSource: string;
  nonce: string;
  location: string;
}

export function panelHtml({ scriptUri, styleUri, cspSource, nonce, location }: PanelShell): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
    'media-src data:',
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeAttribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Quayside</title>
<link rel="stylesheet" nonce="${nonce}" href="${escapeAttribute(styleUri)}">
<script type="module" nonce="${nonce}" src="${escapeAttribute(scriptUri)}"></script>
</head>
<body>
<div id="app" data-host="panel" data-location="${escapeAttribute(location)}"></div>
</body>
</html>`;
}

const entities: Record<string, string> = { '&': '&amp;', '"': '&quot;', "'": '&#39;', '<': '&lt;', '>': '&gt;' };

const escapeAttribute = (text: string): string => text.replace(/[&"'<>]/g, character => entities[character] ?? '');
