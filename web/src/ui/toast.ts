import { Toast } from '@base-ui/react/toast'

export interface ToastData {
  tone: 'plain' | 'bad'
  action?: { label: string; run: () => void }
}

/** Where toasts are put. `Toasts` shows them. */
export const toasts = Toast.createToastManager<ToastData>()

type NewToast = Parameters<typeof toasts.add>[0]

const SHOWN_MS = 6000
const SHOWN_WITH_ACTION_MS = 10_000

let shows = false
/** The toasts that were told before `Toasts`, which is loaded apart, was there. */
const waiting: NewToast[] = []

/** Shows the toasts that waited, and from now on each at once. Returns what ends this. */
export function startToasts(): () => void {
  shows = true
  for (const toast of waiting.splice(0)) toasts.add(toast)
  return () => {
    shows = false
  }
}

/** Tells what happened, with one thing to do about it. Read aloud when the reader of the screen pauses. */
export function tell(title: string, options: { description?: string; action?: ToastData['action'] } = {}): void {
  add({ title, description: options.description, timeout: options.action ? SHOWN_WITH_ACTION_MS : SHOWN_MS, priority: 'low', data: { tone: 'plain', action: options.action } })
}

/** Tells what did not happen. Read aloud at once. */
export function tellRefusal(title: string, error: unknown, action?: ToastData['action']): void {
  const description = error instanceof Error ? error.message : undefined
  add({ title, description, timeout: SHOWN_WITH_ACTION_MS, priority: 'high', data: { tone: 'bad', action } })
}

function add(toast: NewToast): void {
  if (shows) toasts.add(toast)
  else waiting.push(toast)
}
