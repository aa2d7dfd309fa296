import { useEffect, useState } from 'react'

const FLASH_MS = 1000

/** True for a second after the value has changed. */
export function useFlash(value: unknown): boolean {
  const now = JSON.stringify(value ?? null)
  const [seen, setSeen] = useState(now)
  const changed = seen !== now
  useEffect(() => {
    if (!changed) return
    const timer = setTimeout(() => setSeen(now), FLASH_MS)
    return () => clearTimeout(timer)
  }, [changed, now])
  return changed
}
