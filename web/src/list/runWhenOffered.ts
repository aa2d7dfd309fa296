import { listCommands, runCommand } from '../state/commands'

const TRIES = 60

/** Runs a command as soon as a component that is being opened offers it; not at all if none does within a second. */
export function runWhenOffered(id: string, triesLeft = TRIES): void {
  if (listCommands().some((command) => command.id === id)) return runCommand(id)
  if (triesLeft > 0) requestAnimationFrame(() => runWhenOffered(id, triesLeft - 1))
}
