import { type FormEvent, type ReactNode, useState } from 'react'
import { TextField } from '../ui/TextField'
import { words } from '../words'

interface Props {
  className?: string
  name: string
  /** Saves, and answers why the name was refused. */
  onSave: (name: string) => Promise<string | undefined>
  onDone: () => void
  /** The buttons. */
  children: ReactNode
}

const MAX_LENGTH = 100

/** Names a view. Enter saves. */
export function NameForm({ className, name: before, onSave, onDone, children }: Props) {
  const [name, setName] = useState(before)
  const [error, setError] = useState<string>()
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const wanted = name.trim()
    const refusal = wanted === '' ? words.views.needsName : await onSave(wanted)
    setError(refusal)
    if (refusal === undefined) onDone()
  }
  return (
    <form className={className} onSubmit={(event) => void save(event)} noValidate>
      <TextField label={words.views.name} value={name} maxLength={MAX_LENGTH} autoFocus error={error} onChange={(event) => setName(event.target.value)} />
      {children}
    </form>
  )
}
