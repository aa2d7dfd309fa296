import type { FocusEvent } from 'react'
import { inputClass } from '../ui/TextField'
import { words } from '../words'
import { ADDRESS_PARTS } from './drafts'
import { type EditorProps, handleKey } from './editing'
import styles from './Fields.module.css'

/** An address as a small form. Tab goes through its parts, then saves. */
export function AddressEditor(props: EditorProps) {
  const { spec, editing, state } = props
  const address = typeof state.draft === 'string' ? {} : state.draft
  const leave = (event: FocusEvent) => {
    if (!event.currentTarget.contains(event.relatedTarget)) editing.commit(spec, 'leave')
  }
  return (
    <fieldset className={styles.address} aria-label={spec.label} aria-describedby={`${spec.name}-error`} onBlur={leave}>
      {ADDRESS_PARTS.map((part, at) => (
        <input
          key={part}
          className={inputClass}
          aria-label={words.fields[part]}
          placeholder={words.fields[part]}
          autoFocus={at === 0}
          value={address[part] ?? ''}
          onChange={(event) => editing.change(spec, { ...address, [part]: event.target.value })}
          onKeyDown={(event) => {
            const isEnd = at === (event.shiftKey ? 0 : ADDRESS_PARTS.length - 1)
            if (event.key !== 'Tab' || isEnd) handleKey(event, props)
          }}
        />
      ))}
    </fieldset>
  )
}
