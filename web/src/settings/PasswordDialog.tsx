import { useState } from 'react'
import { write } from '../api/client'
import type { User } from '../api/types'
import { Button } from '../ui/Button'
import { Dialog, DialogActions } from '../ui/Dialog'
import { TextField } from '../ui/TextField'
import { tell } from '../ui/toast'
import { words } from '../words'
import { makePassword } from './password'
import styles from './Settings.module.css'
import { useForm } from './useForm'

/** Gives another person a new password. */
export function PasswordDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const [password] = useState(makePassword)
  const { people } = words
  const form = useForm(async (sent) => {
    await write(`users/${user.id}/`, { method: 'PATCH', body: { password: sent.get('password') } })
    tell(people.passwordSet)
    onClose()
  })
  return (
    <Dialog title={people.passwordTitle(user.email)} description={people.passwordText} width="small" onClose={onClose}>
      <form onSubmit={form.submit}>
        <div className={styles.dialogBody}>
          <TextField label={people.password} name="password" defaultValue={password} required autoComplete="off" hint={people.passwordHint} error={form.errorOf('password')} />
        </div>
        <DialogActions>
          <Button onClick={onClose}>{words.common.cancel}</Button>
          <Button look="primary" type="submit" disabled={form.busy}>
            {people.setPassword}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
