import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ask } from '../api/client'
import { usePeople } from '../api/records'
import type { KindSpec } from '../kinds'
import { Bone } from '../ui/Bone'
import { Dialog } from '../ui/Dialog'
import { LoadError } from '../ui/LoadError'
import { words } from '../words'
import { formatAge, formatFullTime } from '../words/format'
import styles from './ExplainDialog.module.css'
import { NamedLink } from './FieldLink'
import { valueText } from './FieldValue'
import { useActorName } from './useActorName'

/** Who wrote a value, and when. `operationId` is null if the log does not go back that far. */
interface Explained {
  value: unknown
  operationId: string | null
  at: string | null
  user: { id: string; name: string | null } | null
  key: { id: string; name: string | null } | null
  broughtBackBy: string | null
}

/** Says of each value of a record who wrote it, and when. */
export function ExplainDialog({ kind, id, onClose }: { kind: KindSpec; id: string; onClose: () => void }) {
  const people = usePeople()
  const explanation = useQuery({
    queryKey: [kind.plural, 'history', id, 'explain'],
    queryFn: async ({ signal }) => (await ask<{ fields: Record<string, Explained> }>(`${kind.plural}/${id}/explain/`, { signal })).data.fields,
  })
  return (
    <Dialog title={words.record.explain} width="large" onClose={onClose}>
      {explanation.isPending && <Bone />}
      {explanation.isError && <LoadError error={explanation.error} retry={() => void explanation.refetch()} />}
      {explanation.data !== undefined && (
        <div className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                {words.record.explainColumns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {kind.fields.map((spec) => {
                const explained = explanation.data[spec.name]
                return (
                  explained !== undefined && (
                    <tr key={spec.name}>
                      <th scope="row">{spec.label}</th>
                      <td className={styles.value}>
                        {spec.refersTo !== undefined && typeof explained.value === 'string' ? <NamedLink plural={spec.refersTo} id={explained.value} /> : valueText(kind, spec.name, explained.value, people)}
                      </td>
                      <Writer explained={explained} />
                    </tr>
                  )
                )
              })}
            </tbody>
          </table>
        </div>
      )}
    </Dialog>
  )
}

function Writer({ explained }: { explained: Explained }) {
  const nameActor = useActorName()
  const { operationId, at } = explained
  if (operationId === null || at === null) return <td colSpan={2} className="faint">{words.record.notKnown}</td>
  return (
    <>
      <td>
        {nameActor(explained)}
        {explained.broughtBackBy !== null && <span className="faint"> · {words.record.broughtBack}</span>}
      </td>
      <td>
        <Link to="/operations/$id" params={{ id: operationId }}>
          <time className="num" dateTime={at} title={formatFullTime(at)}>
            {formatAge(at)}
          </time>
        </Link>
      </td>
    </>
  )
}
