// The one place that imports the archived @vscode/webview-ui-toolkit, one part at a time so that the rest is left out.
// Not taken from it, because each fails a gate: text field, text area, dropdown and checkbox keep their label and their
// error inside a shadow root where aria-describedby cannot reach; the icon button names every button "Icon Button".
import { vsCodeBadge } from '@vscode/webview-ui-toolkit/dist/badge/index.js';
import { vsCodeButton } from '@vscode/webview-ui-toolkit/dist/button/index.js';
import { vsCodeDivider } from '@vscode/webview-ui-toolkit/dist/divider/index.js';
import { vsCodeProgressRing } from '@vscode/webview-ui-toolkit/dist/progress-ring/index.js';
import { provideVSCodeDesignSystem } from '@vscode/webview-ui-toolkit/dist/vscode-design-system.js';

/** Defines the custom elements. Call once, before the first render. */
export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(vsCodeBadge(), vsCodeButton(), vsCodeDivider(), vsCodeProgressRing());
}
