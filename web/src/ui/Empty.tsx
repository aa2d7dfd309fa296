import type { ReactNode } from 'react'
import styles from './Empty.module.css'

/** What a screen shows in place of content: what is not there, why, and what to do. */
export function Empty({ title, text, children }: { title: string; text?: ReactNode; children?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <h2>{title}</h2>
      {text !== undefined && <p className="muted">{text}</p>}
      {children !== undefined && <div className={styles.actions}>{children}</div>}
    </div>
  )
}
