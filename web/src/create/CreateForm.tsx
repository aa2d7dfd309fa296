import { type ClipboardEvent, type FormEvent, type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react'
import { useMe } from '../api/records'
import type { Values } from '../api/types'
import type { KindSpec } from '../kinds'
import { describeKeys } from '../state/commands'
import { Button } from '../ui/Button'
import { DialogActions } from '../ui/Dialog'
import { words } from '../words'
import styles from './CreateForm.module.css'
import { CreateField } from './CreateField'
import { type Draft, fillDraft, listFields, makeDraft } from './draft'
import { LooksLike } from './LooksLike'
import { readSignature } from './signature'
import { useCreate } from './useCreate'

interface Props {
  kind: KindSpec
  values?: Values
  onClose: () => void
  /** Begins a new form, after a record was added. */
  onAnother: () => void
}

/** The form of a new record. Ctrl+Enter adds it; with Shift, another form begins. */
export function CreateForm({ kind, values, onClose, onAnother }: Props) {
  const me = useMe()
  const [draft, setDraft] = useState<Draft>(() => makeDraft(kind, me?.user.id, values))
  const [pasted, setPasted] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const { add, adding, refusal } = useCreate(kind, onClose, onAnother)
  const fields = listFields(kind)
  useLayoutEffect(() => {
    if (refusal !== undefined) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [refusal])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    void add(draft, false)
  }
  const pressKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    void add(draft, event.shiftKey)
  }
  const paste = (event: ClipboardEvent) => {
    const found = readSignature(event.clipboardData.getData('text/plain'))
    const filled = found && fillDraft(kind, draft, found)
    if (filled === undefined) return
    event.preventDefault()
    setDraft(filled)
    setPasted(true)
  }
  const change = (field: string, text: string) => setDraft((now) => ({ ...now, [field]: text }))

  return (
    <form ref={form} className={styles.form} onSubmit={submit} onKeyDown={pressKey} noValidate>
      <div className={styles.fields}>
        {fields.map((spec, at) => (
          <div key={spec.name} className={styles.field} data-wide={isWide(spec.name) || undefined} onPaste={at === 0 ? paste : undefined}>
            <CreateField spec={spec} value={draft[spec.name] ?? ''} error={refusal?.messageFor(spec.name)} autoFocus={at === 0} onChange={change} />
            {spec.name === 'email' && <LooksLike email={draft.email ?? ''} onLeave={onClose} />}
          </div>
        ))}
        <p className={styles.hint} role="status">
          {pasted && words.create.pasted}
        </p>
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {words.common.cancel}
        </Button>
        <Button disabled={adding} title={describeKeys('$mod+Shift+Enter').join(' ')} onClick={() => void add(draft, true)}>
          {words.create.addAnother}
        </Button>
        <Button type="submit" look="primary" disabled={adding} keys="$mod+Enter">
          {adding ? words.create.adding : words.create.add}
        </Button>
      </DialogActions>
    </form>
  )
}

const WIDE = new Set(['name', 'title', 'email', 'accountId', 'notes', 'description'])

function isWide(field: string): boolean {
  return WIDE.has(field)
}
