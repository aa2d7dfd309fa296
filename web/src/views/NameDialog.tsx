import { Button } from '../ui/Button'
import { Dialog, DialogActions } from '../ui/Dialog'
import { words } from '../words'
import { NameForm } from './NameForm'
import styles from './NameForm.module.css'

interface Props {
  title: string
  name: string
  onSave: (name: string) => Promise<string | undefined>
  onClose: () => void
}

/** Gives a view another name. */
export function NameDialog({ title, name, onSave, onClose }: Props) {
  return (
    <Dialog title={title} width="small" onClose={onClose}>
      <NameForm className={styles.inDialog} name={name} onSave={onSave} onDone={onClose}>
        <DialogActions>
          <Button onClick={onClose}>{words.common.cancel}</Button>
          <Button type="submit" look="primary">
            {words.common.save}
          </Button>
        </DialogActions>
      </NameForm>
    </Dialog>
  )
}
