import { useNavigate } from '@tanstack/react-router'
import { ChevronDown, X } from 'lucide-react'
import { changeQuery, type Query } from '../api/query'
import { usePeople } from '../api/records'
import { Button } from '../ui/Button'
import { ChoiceMenu } from '../ui/Menu'
import { words } from '../words'
import styles from './Operations.module.css'
import { DEED_KINDS } from './sentences'

const { operations } = words

/** Chooses operations by what was done, by whom, and on which record. The address has the choice. */
export function OperationFilters({ query }: { query: Query }) {
  const navigate = useNavigate()
  const people = usePeople()
  const change = (changes: Record<string, string | undefined>) => void navigate({ to: '/operations', search: changeQuery(query, changes) })
  const deed = Object.keys(DEED_KINDS).find((name) => DEED_KINDS[name]?.join(',') === query.kind) ?? ''
  const actor = query.actor ?? ''
  return (
    <div className={styles.filters}>
      <ChoiceMenu
        label={operations.filterKind}
        trigger={<Button pressed={deed !== ''}>{deed === '' ? operations.filterKind : operations.deedNames[deed]}<ChevronDown aria-hidden /></Button>}
        value={deed}
        choices={[{ value: '', label: operations.everything }, ...Object.keys(DEED_KINDS).map((value) => ({ value, label: operations.deedNames[value] ?? value }))]}
        onChoose={(value) => change({ kind: DEED_KINDS[value]?.join(',') })}
      />
      <ChoiceMenu
        label={operations.filterPerson}
        trigger={<Button pressed={actor !== ''}>{actor === '' ? operations.filterPerson : (people.get(actor)?.name ?? actor)}<ChevronDown aria-hidden /></Button>}
        value={actor}
        choices={[{ value: '', label: operations.everybody }, ...[...people.values()].map((person) => ({ value: person.id, label: person.name ?? person.id }))]}
        onChoose={(value) => change({ actor: value || undefined })}
      />
      {query.record !== undefined && (
        <Button pressed onClick={() => change({ record: undefined })}>
          {operations.record}
          <X aria-hidden />
        </Button>
      )}
      {Object.keys(query).length > 0 && (
        <Button look="quiet" onClick={() => void navigate({ to: '/operations', search: {} })}>
          {operations.clear}
        </Button>
      )}
    </div>
  )
}
