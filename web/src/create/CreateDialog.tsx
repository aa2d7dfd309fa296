import { useState } from 'react'
import type { Plural, Values } from '../api/types'
import { kindsByPlural } from '../kinds'
import { Dialog } from '../ui/Dialog'
import { words } from '../words'
import { CreateForm } from './CreateForm'
import { takesSignatures } from './draft'

/** The dialog that adds a record of any kind. */
export default function CreateDialog({ plural, values, onClose }: { plural: Plural; values?: Values; onClose: () => void }) {
  const kind = kindsByPlural[plural]
  const [added, setAdded] = useState(0)
  return (
    <Dialog title={words.create.title(kind.one)} description={takesSignatures(kind) ? words.create.pasteHint : undefined} width="small" onClose={onClose}>
      <CreateForm key={added} kind={kind} values={values} onClose={onClose} onAnother={() => setAdded((now) => now + 1)} />
    </Dialog>
  )
}
