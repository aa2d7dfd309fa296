import { useMe } from '../api/records'
import type { AnyRecord } from '../api/types'
import type { KindSpec } from '../kinds'
import { useCommands } from '../state/commands'
import { words } from '../words'
import { Field } from './Field'
import styles from './Fields.module.css'
import { isTyped, listShownFields, mayEdit } from './fieldKinds'
import { useFieldEditing } from './useFieldEditing'

/** The fields of a record, each with its value, which a click or a key edits. */
export function Fields({ kind, record }: { kind: KindSpec; record: AnyRecord }) {
  const me = useMe()
  const shown = listShownFields(kind, record)
  const typed = shown.filter((spec) => isTyped(spec) && mayEdit(spec, me))
  const editing = useFieldEditing(kind, record, typed)
  useCommands([{ id: 'record.edit', label: words.record.edit, keys: 'e', group: words.record.group, run: editing.editLast }])
  return (
    <dl className={styles.fields}>
      {shown.map((spec) => (
        <Field key={spec.name} kind={kind} record={record} spec={spec} editable={mayEdit(spec, me)} editing={editing} />
      ))}
    </dl>
  )
}
