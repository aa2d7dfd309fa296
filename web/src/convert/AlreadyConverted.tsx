import { useQueries } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Problem } from '../api/client'
import { recordOptions } from '../api/records'
import type { Plural } from '../api/types'
import { kindsByPlural } from '../kinds'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { Dialog, DialogActions } from '../ui/Dialog'
import { words } from '../words'
import styles from './Convert.module.css'

interface Props {
  name: string
  /** The refusal, which has the ids of what the lead became. */
  problem: Problem
  onClose: () => void
}

/** Says that the lead is converted already, and leads to what it became. */
export function AlreadyConverted({ name, problem, onClose }: Props) {
  const became = readIds(problem)
  const records = useQueries({ queries: became.map(({ plural, id }) => recordOptions(plural, id)) })
  return (
    <Dialog title={words.convert.alreadyTitle(name)} description={words.convert.alreadyText} onClose={onClose}>
      <ul className={styles.became}>
        {became.map(({ plural, id }, at) => {
          const record = records[at]?.data?.record
          const kind = kindsByPlural[plural]
          return (
            <li key={id}>
              <RecordLink href={`/${plural}/${id}`} kind={kind.One} title={record === undefined ? kind.One : kind.titleOf(record)} onLeave={onClose} />
            </li>
          )
        })}
      </ul>
      <DialogActions>
        <Button onClick={onClose}>{words.common.close}</Button>
      </DialogActions>
    </Dialog>
  )
}

function RecordLink({ href, kind, title, onLeave }: { href: string; kind: string; title: string; onLeave: () => void }) {
  const navigate = useNavigate()
  return (
    <a
      href={href}
      className={styles.record}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        onLeave()
        void navigate({ href })
      }}
    >
      <Avatar name={title} />
      <span className="ellipsis grow">{title}</span>
      <span className="faint">{kind}</span>
    </a>
  )
}

function readIds(problem: Problem): { plural: Plural; id: string }[] {
  const { contactId, accountId, opportunityId } = problem.body
  const found: [Plural, unknown][] = [
    ['contacts', contactId],
    ['accounts', accountId],
    ['opportunities', opportunityId],
  ]
  return found.flatMap(([plural, id]) => (typeof id === 'string' ? [{ plural, id }] : []))
}
