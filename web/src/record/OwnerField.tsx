import { useState } from 'react'
import { textOf } from '../kinds'
import { useCommands } from '../state/commands'
import { Avatar } from '../ui/Avatar'
import { words } from '../words'
import type { FieldProps } from './Field'
import { FieldValue } from './FieldValue'
import styles from './Fields.module.css'
import { OwnerPicker } from './OwnerPicker'

/** The owner of a record, chosen by name. */
export function OwnerField({ labelId, ...props }: FieldProps & { labelId: string }) {
  const { spec, record, editing } = props
  const [open, setOpen] = useState(false)
  useCommands([{ id: 'record.owner', label: words.record.giveToSomebody, keys: 'a', group: words.record.group, run: () => setOpen(true) }])
  const owner = textOf(record, spec.name)
  const name = textOf(record, 'assignedToName')
  return (
    <OwnerPicker
      value={owner === '' ? null : owner}
      open={open}
      onOpenChange={setOpen}
      onChoose={(id) => editing.choose(spec, id)}
      trigger={
        <button type="button" className={styles.value} aria-labelledby={`${labelId} ${labelId}-value`}>
          <span id={`${labelId}-value`} className={styles.owner}>
            {name !== '' && <Avatar name={name} />}
            <FieldValue {...props} />
          </span>
        </button>
      }
    />
  )
}
