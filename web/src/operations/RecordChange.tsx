import { Link } from '@tanstack/react-router'
import { usePeople } from '../api/records'
import type { Operation } from '../api/types'
import { findField, findKind, type KindSpec } from '../kinds'
import { valueText } from '../record/FieldValue'
import { words } from '../words'
import styles from './OperationPanel.module.css'

type Change = Operation['changes'][number]
type FieldChange = [before: unknown, after: unknown]

const UNSAID_FIELDS = new Set(['id', 'createdAt', 'updatedAt'])

/** What an operation did to one record: a table of fields with their values before and after. */
export function RecordChange({ change }: { change: Change }) {
  const kind = findKind(change.kind)
  const fields = Object.entries(change.fields as Record<string, FieldChange>).filter(([field, values]) => isSaid(field, values))
  const hasBefore = change.action !== 'created'
  const hasAfter = change.action !== 'deleted'
  return (
    <section className={styles.change}>
      <h3>
        {kind === undefined ? (
          change.kind
        ) : (
          <Link to={`/${kind.plural}/$id`} params={{ id: change.id }} search={{}}>
            {nameOf(change) ?? kind.One}
          </Link>
        )}{' '}
        <span className="faint">
          {kind !== undefined && `${kind.one} `}
          {words.operations.actions[change.action]}
        </span>
      </h3>
      {fields.length > 0 && (
        <table className={styles.fields}>
          <thead className={hasBefore && hasAfter ? undefined : 'sr'}>
            <tr>
              <th scope="col">{words.operations.field}</th>
              {hasBefore && <th scope="col">{words.operations.before}</th>}
              {hasAfter && <th scope="col">{words.operations.after}</th>}
            </tr>
          </thead>
          <tbody>
            {fields.map(([field, [before, after]]) => (
              <tr key={field}>
                <th scope="row">{(kind && findField(kind, field)?.label) ?? field}</th>
                {hasBefore && <ValueCell kind={kind} field={field} value={before} />}
                {hasAfter && <ValueCell kind={kind} field={field} value={after} />}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function ValueCell({ kind, field, value }: { kind: KindSpec | undefined; field: string; value: unknown }) {
  const people = usePeople()
  if (kind === undefined) return <td>{plainText(value)}</td>
  const refersTo = findField(kind, field)?.refersTo
  if (refersTo === undefined || typeof value !== 'string') return <td>{valueText(kind, field, value, people)}</td>
  return (
    <td>
      <Link to={`/${refersTo}/$id`} params={{ id: value }} search={{}}>
        {words.common.show}
      </Link>
    </td>
  )
}

/** True for a field that people want to read of: not one that is empty on both sides, nor one of the server's own. */
function isSaid(field: string, [before, after]: FieldChange): boolean {
  return !UNSAID_FIELDS.has(field) && !(isEmpty(before) && isEmpty(after))
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0)
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
