import { useState } from 'react'
import { Button } from '../ui/Button'
import { TextField } from '../ui/TextField'
import { words } from '../words'
import styles from './Form.module.css'

/** Changes the value of a parameter that the page does not know. */
export function UnknownForm({ name, value, onSave }: { name: string; value: string; onSave: (value: string) => void }) {
  const [text, setText] = useState(value)
  return (
    <form
      className={`${styles.form} ${styles.fields}`}
      onSubmit={(event) => {
        event.preventDefault()
        onSave(text.trim())
      }}
    >
      <TextField label={name} value={text} autoFocus onChange={(event) => setText(event.target.value)} />
      <Button type="submit" look="primary">
        {words.filter.save}
      </Button>
    </form>
  )
}
