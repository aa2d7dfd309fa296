import { Check } from 'lucide-react'
import { type CSSProperties, type KeyboardEvent, type ReactNode, useId, useState } from 'react'
import { Bone } from '../ui/Bone'
import { inputClass } from '../ui/TextField'
import { words } from '../words'
import { formatNumber } from '../words/format'
import { moveByArrows } from './arrowKeys'
import styles from './ValueList.module.css'

/** A value to choose, and how many records have it. */
export interface ValueChoice {
  value: string | null
  label: string
  icon?: ReactNode
  count?: number
}

interface Props {
  label: string
  /** Undefined until they are read. */
  choices: readonly ValueChoice[] | undefined
  chosen: readonly (string | null)[]
  onToggle: (value: string | null) => void
  /** True if one value is chosen at most. */
  single?: boolean
  /** True if the list takes the focus when it appears. */
  autoFocus?: boolean
  /** Called with the text to find, if the choices are found elsewhere. */
  onFind?: (text: string) => void
}

const MOST_SHOWN = 100
/** A list of no more values than this is seen at once. */
const SEARCHED_FROM = 10

/** Values to check, each with its exact count and its share as a bar. Typing finds one. */
export function ValueList({ label, choices, chosen, onToggle, single = false, autoFocus = false, onFind }: Props) {
  const [text, setText] = useState('')
  const found = choices && (onFind ? choices : findChoices(choices, text))
  const isSearched = onFind !== undefined || (choices?.length ?? 0) > SEARCHED_FROM
  const find = (wanted: string) => {
    setText(wanted)
    onFind?.(wanted.trim())
  }
  const chooseFirst = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || text === '') return
    event.preventDefault()
    if (found?.[0] !== undefined) onToggle(found[0].value)
  }
  return (
    <div className={styles.values} onKeyDown={moveByArrows}>
      {isSearched && (
        <input
          type="search"
          className={inputClass}
          value={text}
          autoFocus={autoFocus}
          maxLength={200}
          placeholder={words.filter.findValue}
          aria-label={words.filter.findValue}
          onChange={(event) => find(event.target.value)}
          onKeyDown={chooseFirst}
        />
      )}
      {found === undefined ? <Bones /> : <Rows label={label} found={found} chosen={chosen} single={single} autoFocus={autoFocus && !isSearched} onToggle={onToggle} />}
    </div>
  )
}

interface RowsProps extends Required<Pick<Props, 'label' | 'chosen' | 'single' | 'autoFocus' | 'onToggle'>> {
  found: readonly ValueChoice[]
}

function Rows({ label, found, chosen, single, autoFocus, onToggle }: RowsProps) {
  const name = useId()
  const most = Math.max(1, ...found.map((choice) => choice.count ?? 0))
  const shown = found.slice(0, MOST_SHOWN)
  if (shown.length === 0) return <p className={styles.note}>{words.common.nothingFound}</p>
  return (
    <div role={single ? 'radiogroup' : 'group'} aria-label={label} className={styles.rows}>
      {shown.map((choice, at) => (
        <label key={String(choice.value)} className={styles.row} style={{ '--share': `${(100 * (choice.count ?? 0)) / most}%` } as CSSProperties}>
          <input
            type={single ? 'radio' : 'checkbox'}
            name={single ? name : undefined}
            className={styles.input}
            data-row
            autoFocus={autoFocus && at === 0}
            checked={chosen.includes(choice.value)}
            onChange={() => onToggle(choice.value)}
          />
          <span className={styles.box} data-round={single || undefined} aria-hidden>
            <Check />
          </span>
          {choice.icon}
          <span className="ellipsis grow">{choice.label}</span>
          {choice.count !== undefined && <span className={`${styles.count} num`}>{formatNumber(choice.count)}</span>}
        </label>
      ))}
      {found.length > shown.length && <p className={styles.note}>{words.filter.moreValues(formatNumber(found.length - shown.length))}</p>}
    </div>
  )
}

function Bones() {
  return (
    <div className={styles.bones}>
      <Bone width="medium" />
      <Bone width="wide" />
      <Bone width="narrow" />
    </div>
  )
}

function findChoices(choices: readonly ValueChoice[], text: string): readonly ValueChoice[] {
  const wanted = text.trim().toLocaleLowerCase()
  return wanted === '' ? choices : choices.filter((choice) => choice.label.toLocaleLowerCase().includes(wanted))
}
