// The page's theme, by the body classes that the editor sets for its panels; kept in the browser.
import { effect, type ReadonlySignal, signal } from '@preact/signals';

export const themes = ['auto', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof themes)[number];

const storageKey = 'quayside.theme';
const bodyClasses = { light: 'vscode-light', dark: 'vscode-dark', contrast: 'vscode-high-contrast' } as const;

export interface ThemeState {
  readonly theme: ReadonlySignal<Theme>;
  choose(theme: Theme): void;
}

/** Applies the theme that was chosen last, and follows the system while that is "auto". */
export function createThemeState(): ThemeState {
  const theme = signal<Theme>(stored());
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const contrast = matchMedia('(prefers-contrast: more)');
  const system = signal(systemTheme(dark.matches, contrast.matches));
  const follow = () => {
    system.value = systemTheme(dark.matches, contrast.matches);
  };
  dark.addEventListener('change', follow);
  contrast.addEventListener('change', follow);
  effect(() => apply(theme.value === 'auto' ? system.value : theme.value));
  return {
    theme,
    choose(next) {
      theme.value = next;
      try {
        localStorage.setItem(storageKey, next);
      } catch {
        // A browser that keeps nothing still shows the theme until it is closed.
      }
    },
  };
}

const systemTheme = (dark: boolean, contrast: boolean): Exclude<Theme, 'auto'> =>
  contrast && dark ? 'contrast' : dark ? 'dark' : 'light';

function stored(): Theme {
  try {
    const text = localStorage.getItem(storageKey);
    return themes.find(theme => theme === text) ?? 'auto';
  } catch {
    return 'auto';
  }
}

function apply(theme: Exclude<Theme, 'auto'>): void {
  const { classList } = document.body;
  classList.remove(...Object.values(bodyClasses));
  classList.add(bodyClasses[theme]);
  document.body.dataset['vscodeThemeKind'] = bodyClasses[theme];
}
