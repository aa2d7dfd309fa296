import { Search, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useCommands } from '../state/commands'
import { Keys } from '../ui/Keys'
import { words } from '../words'
import styles from './FilterBar.module.css'
import { useChangeQuery } from './useQuery'

const WAIT_MS = 150

/** The search of a list. The address follows the typing after a moment, without a step for the back button. */
export function SearchField({ hint, text }: { hint: string; text: string }) {
  const changeQuery = useChangeQuery()
  const input = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(text)
  const [shown, setShown] = useState(text)
  if (text !== shown) {
    setShown(text) // the address changed by itself: by the back button, or a view
    if (text !== typed.trim()) setTyped(text)
  }
  useEffect(() => {
    const wanted = typed.trim()
    if (wanted === text) return
    const timer = setTimeout(() => changeQuery({ search: wanted || undefined }, { replace: true }), WAIT_MS)
    return () => clearTimeout(timer)
  }, [typed, text, changeQuery])
  useCommands([{ id: 'filter.search', label: words.filter.focusSearch, keys: '/', group: words.filter.group, run: () => input.current?.select() }])
  const leave = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Escape') setTyped('')
    if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur()
    if (event.key === 'Enter') document.querySelector<HTMLElement>('[role=grid]')?.focus()
  }
  const clear = () => {
    setTyped('')
    input.current?.focus()
  }
  return (
    <label className={styles.search}>
      <Search size={15} aria-hidden />
      <input
        ref={input}
        type="search"
        value={typed}
        maxLength={200}
        placeholder={hint}
        aria-label={words.filter.search}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={leave}
      />
      {typed === '' ? <Keys keys="/" /> : <ClearButton onClick={clear} />}
    </label>
  )
}

function ClearButton({ onClick }: { onClick: () => void }) {
  return (
    <button type="button" className={styles.clear} aria-label={words.filter.clearSearch} onClick={onClick}>
      <X size={14} aria-hidden />
    </button>
  )
}
