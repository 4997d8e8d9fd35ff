// The toolkit's elements as JSX knows them: only the attributes that the kit sets.
import type { ComponentChildren, HTMLAttributes } from 'preact';

interface ToolkitElement extends HTMLAttributes<HTMLElement> {
  children?: ComponentChildren;
}

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'vscode-button': ToolkitElement & {
        appearance?: 'primary' | 'secondary';
        disabled?: boolean;
        type?: 'button' | 'submit';
      };
      'vscode-divider': ToolkitElement;
      'vscode-link': ToolkitElement & { href: string };
    }
  }
}
