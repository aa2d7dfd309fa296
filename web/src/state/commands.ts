import { useEffect, useLayoutEffect, useRef } from 'react'
import { createKeybindingsHandler } from 'tinykeys'
import { isDialogOpen } from './dialogs'
import { singleKeys } from './preferences'
import { createStore, useStore } from './store'

/** Something that a person can do: the keys, the palette and the page of keys are all made of these. */
export interface Command {
  /** Unique, such as `lead.convert`. */
  id: string
  label: string
  /** In the notation of tinykeys; alternatives are separated by ` | `. The first is the one that is shown. */
  keys?: string
  /** The heading under which the page of keys shows it. */
  group: string
  run: () => void
  /** True for keys that work while somebody types, too. */
  whileTyping?: boolean
  /** True for what the palette does not offer, such as moving by one row. */
  keysOnly?: boolean
}

type Registration = { readonly commands: () => readonly Command[] }

const registrations = createStore<readonly Registration[]>([])
const TYPING = 'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true], [role=menu], [role=listbox], [role=dialog]:not([data-toast])'

/** What Enter and Space press by themselves while it has the focus. */
const PRESSED = 'button, a[href], summary, [role=radio], [role=checkbox], [role=switch], [role=tab]'

/** Offers commands while the component is shown. Those of the component that came last win a key. */
export function useCommands(commands: readonly Command[]): void {
  const newest = useRef(commands)
  useLayoutEffect(() => {
    newest.current = commands
  })
  useEffect(() => {
    const registration: Registration = { commands: () => newest.current }
    registrations.set((now) => [...now, registration])
    return () => registrations.set((now) => now.filter((one) => one !== registration))
  }, [])
}

/** All commands that can be run now, by id; the components that came last come last. */
export function listCommands(): Command[] {
  const found = new Map<string, Command>()
  for (const registration of registrations.get()) for (const command of registration.commands()) found.set(command.id, command)
  return [...found.values()]
}

/** All commands, for a component that shows them. */
export function useAllCommands(): Command[] {
  useStore(registrations)
  return listCommands()
}

/** Listens on the window for the keys of all commands. Used once, by the shell. */
export function useCommandKeys(): void {
  useEffect(() => {
    let handler: ((event: KeyboardEvent) => void) | undefined
    let made: readonly string[] = []
    const listen = (event: Event) => {
      if (!(event instanceof KeyboardEvent) || event.defaultPrevented || event.isComposing) return
      const bindings = listKeys()
      if (handler === undefined || bindings.length !== made.length || bindings.some((keys, at) => keys !== made[at])) {
        made = bindings
        handler = createKeybindingsHandler(Object.fromEntries(bindings.map((keys) => [keys, (pressed: Event) => runKeys(keys, pressed)])), { ignore: () => false })
      }
      sequence = joinKeys(event)
      handler(event)
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])
}

/** The keys of a command as people read them, such as `Ctrl K`, in parts. */
export function describeKeys(keys: string): string[] {
  const first = keys.split(' | ')[0] ?? ''
  return first
    .split(/[ +]/)
    .filter((part) => part !== '')
    .map((part) => KEY_NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part))
}

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform)
const KEY_NAMES: Readonly<Record<string, string>> = {
  $mod: IS_MAC ? '⌘' : 'Ctrl',
  Control: 'Ctrl',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Enter: '↵',
  Delete: 'Del',
  Shift: '⇧',
  '[?]': '?',
}

function listKeys(): string[] {
  const keys = new Set<string>()
  for (const command of listCommands()) for (const one of splitKeys(command)) keys.add(one)
  return [...keys]
}

function splitKeys(command: Command): string[] {
  return command.keys?.split(' | ') ?? []
}

const SEQUENCE_MS = 1000
let lastKey = { key: '', at: 0 }
/** The sequence of two keys that the key under way ends, '' if it ends none. */
let sequence = ''

/** The last two keys as a sequence, if it is one: `g a` goes to the accounts, so that its `a` chooses no owner. */
function joinKeys(event: KeyboardEvent): string {
  const joined = event.timeStamp - lastKey.at < SEQUENCE_MS ? `${lastKey.key} ${event.key}` : ''
  lastKey = { key: event.key, at: event.timeStamp }
  return listKeys().includes(joined) ? joined : ''
}

function runKeys(keys: string, event: Event): void {
  if (sequence !== '' && keys !== sequence) return
  const command = listCommands().findLast((one) => splitKeys(one).includes(keys))
  if (command === undefined) return
  if (!command.whileTyping && isDialogOpen()) return // it may still load, so that nothing in it has the focus yet
  if (!command.whileTyping && event.target instanceof Element && event.target.closest(TYPING) !== null) return
  if (/^(Enter|Space)$/.test(keys) && event.target instanceof Element && event.target.closest(PRESSED) !== null) return
  if (isSingleKey(keys) && !singleKeys.get()) return
  event.preventDefault()
  command.run()
}

/** True for a letter alone, which WCAG 2.1.4 wants to be able to switch off. */
function isSingleKey(keys: string): boolean {
  return /^[a-z]( [a-z])?$/.test(keys)
}

/** Runs a command by its id, as its keys would. Nothing happens if no component offers the command now. */
export function runCommand(id: string): void {
  listCommands().find((command) => command.id === id)?.run()
}
