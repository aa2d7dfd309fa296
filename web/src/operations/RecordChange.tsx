import { Link } from '@tanstack/react-router'
import { usePeople } from '../api/records'
import type { Operation } from '../api/types'
import { findField, findKind } from '../kinds'
import { valueText } from '../record/FieldValue'
import { words } from '../words'
import styles from './OperationPanel.module.css'

type Change = Operation['changes'][number]

const UNSAID_FIELDS = new Set(['id', 'createdAt', 'updatedAt'])

/** What an operation did to one record: a table of fields with their values before and after. */
export function RecordChange({ change }: { change: Change }) {
  const kind = findKind(change.kind)
  const people = usePeople()
  const fields = Object.entries(change.fields as Record<string, [unknown, unknown]>).filter(([field]) => !UNSAID_FIELDS.has(field))
  const text = (field: string, value: unknown) => (kind === undefined ? plainText(value) : valueText(kind, field, value, people))
  return (
    <section className={styles.change}>
      <h3>
        {kind === undefined ? change.kind : <Link to={`/${kind.plural}/$id`} params={{ id: change.id }} search={{}}>{nameOf(change) ?? kind.One}</Link>}{' '}
        <span className="faint">{words.operations.actions[change.action]}</span>
      </h3>
      {fields.length > 0 && (
        <table className={styles.fields}>
          <thead>
            <tr>
              <th scope="col">{words.operations.field}</th>
              <th scope="col">{words.operations.before}</th>
              <th scope="col">{words.operations.after}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map(([field, [before, after]]) => (
              <tr key={field}>
                <th scope="row">{(kind && findField(kind, field)?.label) ?? field}</th>
                <td>{text(field, before)}</td>
                <td>{text(field, after)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

/** The name that the record got, or had, if the operation wrote it. */
function nameOf(change: Change): string | undefined {
  const fields = change.fields as Record<string, [unknown, unknown] | undefined>
  const side = change.action === 'deleted' ? 0 : 1
  const names = [fields.firstName?.[side], fields.lastName?.[side]].filter(Boolean).join(' ')
  const name = names || fields.name?.[side] || fields.email?.[side]
  return name ? String(name) : undefined
}

function plainText(value: unknown): string {
  if (value === null || value === undefined) return words.common.empty
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
