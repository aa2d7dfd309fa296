import { useEffect, useLayoutEffect, useRef } from 'react'
import { matchKeybindingPress, parseKeybinding } from 'tinykeys'
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
    window.addEventListener('keydown', runPressed)
    return () => window.removeEventListener('keydown', runPressed)
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
  '(\\?)': '?',
}

function splitKeys(command: Command): string[] {
  return command.keys?.split(' | ') ?? []
}

/** How long a key waits for the next of its sequence. */
const SEQUENCE_MS = 1000
let before = { key: '', at: -SEQUENCE_MS }

function runPressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return
  const pair = event.timeStamp - before.at < SEQUENCE_MS ? `${before.key} ${event.key}` : ''
  before = { key: event.key, at: event.timeStamp }
  const commands = listCommands()
  const sequence = commands.findLast((command) => splitKeys(command).includes(pair))
  const command = sequence ?? commands.findLast((one) => splitKeys(one).some((keys) => isPressed(keys, event)))
  if (command === undefined || isForOthers(command, event)) return
  if (!event.ctrlKey && !event.metaKey && /^[a-z]$/.test(event.key) && !singleKeys.get()) return
  event.preventDefault()
  command.run()
}

/** True if the event presses these keys; sequences of keys are never pressed at once. */
function isPressed(keys: string, event: KeyboardEvent): boolean {
  const [press, next] = parseKeybinding(keys)
  return press !== undefined && next === undefined && matchKeybindingPress(event, press)
}

/** True if what has the focus takes the keys for itself. */
function isForOthers(command: Command, event: KeyboardEvent): boolean {
  if (command.whileTyping) return false
  if (isDialogOpen()) return true // it may still load, so that nothing in it has the focus yet
  if (!(event.target instanceof Element)) return false
  if (event.target.closest(TYPING) !== null) return true
  return (event.key === 'Enter' || event.key === ' ') && event.target.closest(PRESSED) !== null
}

/** Runs a command by its id, as its keys would. Nothing happens if no component offers the command now. */
export function runCommand(id: string): void {
  listCommands().find((command) => command.id === id)?.run()
}
