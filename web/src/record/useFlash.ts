import { useEffect, useState } from 'react'

const FLASH_MS = 1000

/** True for a second after somebody else has changed the value. What I change myself (`isMine`) is no news to me. */
export function useFlash(value: unknown, isMine: boolean): boolean {
  const now = value === undefined ? undefined : JSON.stringify(value)
  const [seen, setSeen] = useState(now)
  const changed = seen !== undefined && seen !== now
  // A row of a list has fewer fields than its record: a value that is read later has not changed.
  if (seen !== now && (isMine || seen === undefined)) setSeen(now)
  useEffect(() => {
    if (!changed) return
    const timer = setTimeout(() => setSeen(now), FLASH_MS)
    return () => clearTimeout(timer)
  }, [changed, now])
  return changed
}
