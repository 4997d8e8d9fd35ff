// The one place that imports the archived @vscode/webview-ui-toolkit, one part at a time so that the rest is left out.
// The kit has its own in place of these parts, because each fails a gate:
// - badge, tag, progress ring: their templates hold a style attribute, which the content security policy refuses.
// - text field, text area, dropdown: label and error stay in a shadow root, where aria-describedby cannot reach.
// - checkbox, panels: they overwrite their accessible name once with the first text and do not follow its changes.
// - button as an icon: names every button "Icon Button".
import { vsCodeButton } from '@vscode/webview-ui-toolkit/dist/button/index.js';
import { vsCodeDivider } from '@vscode/webview-ui-toolkit/dist/divider/index.js';
import { vsCodeLink } from '@vscode/webview-ui-toolkit/dist/link/index.js';
import { provideVSCodeDesignSystem } from '@vscode/webview-ui-toolkit/dist/vscode-design-system.js';

/** Defines the custom elements. Call once, before the first render. */
export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDivider(), vsCodeLink());
}
