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

/** One part of the conversion: its icon, its title and its fields. */
export function Block({ icon, title, children }: { icon: ReactNode; title: ReactNode; children: ReactNode }) {
  const titleId = useId()
  return (
    <section className={styles.block} aria-labelledby={titleId}>
      <span className={styles.icon} aria-hidden>
        {icon}
      </span>
      <div className={styles.content}>
        <h3 id={titleId}>{title}</h3>
        {children}
      </div>
    </section>
  )
}
