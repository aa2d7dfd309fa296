import { createStore, type Store } from './store'

export type Theme = 'light' | 'dark' | 'system'
export type Density = 'comfortable' | 'compact'

/** How this browser shows Leadline. The script in index.html reads theme and density before the first paint. */
export const theme = createSavedStore<Theme>('leadline.theme', 'system')
export const density = createSavedStore<Density>('leadline.density', 'comfortable')
/** False if single letters are no keys, for people who speak to their computer. */
export const singleKeys = createSavedStore<boolean>('leadline.singleKeys', true)

const prefersDark = matchMedia('(prefers-color-scheme: dark)')

/** Keeps the page's theme and density as chosen. Used once. */
export function followPreferences(): void {
  theme.subscribe(showTheme)
  prefersDark.addEventListener('change', showTheme)
  density.subscribe(() => {
    document.documentElement.dataset.density = density.get()
  })
}

/** True if the page is dark now, by choice or by the system. */
export function isDark(): boolean {
  return theme.get() === 'dark' || (theme.get() === 'system' && prefersDark.matches)
}

function showTheme(): void {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light'
}

/** A store that the browser keeps. Texts are kept as they are, so that index.html can read them. */
function createSavedStore<T extends string | boolean>(name: string, initial: T): Store<T> {
  const saved = localStorage.getItem(name)
  const store = createStore<T>(saved === null ? initial : typeof initial === 'boolean' ? ((saved === 'true') as T) : (saved as T))
  store.subscribe(() => localStorage.setItem(name, String(store.get())))
  return store
}
