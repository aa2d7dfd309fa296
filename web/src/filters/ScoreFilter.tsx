import { ChevronDown } from 'lucide-react'
import type { Query } from '../api/query'
import { Button } from '../ui/Button'
import { ChoiceMenu } from '../ui/Menu'
import { words } from '../words'
import { useChangeQuery } from './useQuery'

const LEAST = [9, 8, 7, 5, 3]
const NONE = 'none'

/** A chip that chooses leads by the least score. */
export function ScoreFilter({ query }: { query: Query }) {
  const changeQuery = useChangeQuery()
  const { filter, fields } = words
  const value = query['leadScore[null]'] === 'true' ? NONE : (query['leadScore[gte]'] ?? '')
  const text = value === '' ? fields.leadScore : value === NONE ? filter.noScore : `${fields.leadScore}: ${filter.atLeast(Number(value))}`
  return (
    <ChoiceMenu
      label={fields.leadScore}
      trigger={
        <Button pressed={value !== ''}>
          {text}
          <ChevronDown aria-hidden />
        </Button>
      }
      value={value}
      choices={[
        { value: '', label: filter.anyScore },
        ...LEAST.map((score) => ({ value: String(score), label: filter.atLeast(score) })),
        { value: NONE, label: filter.noScore },
      ]}
      onChoose={(chosen) =>
        changeQuery({ 'leadScore[gte]': chosen === '' || chosen === NONE ? undefined : chosen, 'leadScore[null]': chosen === NONE ? 'true' : undefined })
      }
    />
  )
}
