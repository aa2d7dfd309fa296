import { type ReactNode, useId } from 'react'
import type { ConversionPreview } from '../api/types'
import styles from './Convert.module.css'
import type { Plan } from './plan'

/** What each part of the conversion's form works on. */
export interface BlockProps {
  plan: Plan
  preview: ConversionPreview
  onChange: (changes: Partial<Plan>) => void
  /** The message for a field of the request, if it was refused. */
  errorOf: (field: string) => string | undefined
}

interface Props {
  icon: ReactNode
  title: ReactNode
  /** What stands beside the title. */
  choice?: ReactNode
  children?: ReactNode
}

/** One part of the conversion: its icon, its title and choice, and its fields. */
export function Block({ icon, title, choice, children }: Props) {
  const titleId = useId()
  return (
    <section className={styles.block} aria-labelledby={titleId}>
      <span className={styles.icon} aria-hidden>
        {icon}
      </span>
      <div className={styles.content}>
        <header className={styles.title}>
          <h3 id={titleId}>{title}</h3>
          {choice}
        </header>
        {children}
      </div>
    </section>
  )
}
