import { useState } from 'react'
import { write } from '../api/client'
import type { User } from '../api/types'
import { Button } from '../ui/Button'
import { Dialog, DialogActions } from '../ui/Dialog'
import { SelectField, TextField } from '../ui/TextField'
import { words } from '../words'
import { makePassword } from './password'
import { Secret } from './Secret'
import styles from './Settings.module.css'
import { readText, useForm } from './useForm'

/** Adds a person, and shows their password once. */
export function InviteDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [password] = useState(makePassword)
  const [added, setAdded] = useState<{ email: string; password: string }>()
  const { people } = words
  const form = useForm(async (sent) => {
    const chosen = String(sent.get('password'))
    const body = { email: readText(sent, 'email'), firstName: readText(sent, 'firstName'), lastName: readText(sent, 'lastName'), role: sent.get('role'), password: chosen }
    const { data } = await write<User>('users/', { method: 'POST', body })
    onDone()
    setAdded({ email: data.email, password: chosen })
  })
  if (added !== undefined) {
    return (
      <Dialog title={people.added(added.email)} description={people.inviteText} onClose={onClose}>
        <div className={styles.dialogBody}>
          <Secret text={added.email} />
          <Secret text={added.password} />
        </div>
        <DialogActions>
          <Button look="primary" onClick={onClose}>
            {words.apiKeys.done}
          </Button>
        </DialogActions>
      </Dialog>
    )
  }
  return (
    <Dialog title={people.invite} description={people.inviteText} onClose={onClose}>
      <form onSubmit={form.submit}>
        <div className={styles.dialogBody}>
          <TextField label={people.email} name="email" type="email" required autoFocus error={form.errorOf('email')} />
          <div className={styles.pair}>
            <TextField label={people.firstName} name="firstName" error={form.errorOf('firstName')} />
            <TextField label={people.lastName} name="lastName" error={form.errorOf('lastName')} />
          </div>
          <SelectField label={people.role} name="role" defaultValue="user" error={form.errorOf('role')}>
            {Object.entries(people.roles).map(([role, name]) => (
              <option key={role} value={role}>
                {name}: {people.roleTexts[role]}
              </option>
            ))}
          </SelectField>
          <TextField label={people.password} name="password" defaultValue={password} required autoComplete="off" hint={people.passwordHint} error={form.errorOf('password')} />
        </div>
        <DialogActions>
          <Button onClick={onClose}>{words.common.cancel}</Button>
          <Button look="primary" type="submit" disabled={form.busy}>
            {people.add}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
