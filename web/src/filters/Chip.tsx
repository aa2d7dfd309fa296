import { X } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { Popover } from '../ui/Popover'
import { words } from '../words'
import styles from './Chip.module.css'

interface Props {
  label: string
  /** What the filter says; undefined while it is off. */
  text?: string
  /** Stands between the label and the text. */
  verb?: string
  open: boolean
  onOpenChange: (open: boolean) => void
  onRemove: () => void
  children: ReactNode
}

/** A filter as a button that opens it and, while it is on, a button that takes it away. */
export function Chip({ label, verb = '', text, open, onOpenChange, onRemove, children }: Props) {
  const main = useRef<HTMLButtonElement>(null)
  const isOn = text !== undefined
  const remove = () => {
    onRemove()
    main.current?.focus()
  }
  return (
    <span className={styles.chip} data-on={isOn || undefined}>
      <Popover
        label={label}
        open={open}
        onOpenChange={onOpenChange}
        trigger={
          <button type="button" ref={main} className={styles.main}>
            <span>
              {label} {verb}
            </span>
            {text !== undefined && text !== '' && <b className="ellipsis">{text}</b>}
          </button>
        }
      >
        {children}
      </Popover>
      {isOn && (
        <button type="button" className={styles.remove} aria-label={words.filter.remove(label)} onClick={remove}>
          <X size={13} aria-hidden />
        </button>
      )}
    </span>
  )
}
