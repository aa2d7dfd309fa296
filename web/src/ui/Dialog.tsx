import { Dialog as BaseDialog } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'
import styles from './Dialog.module.css'

interface Props {
  title: string
  /** False hides the title from the eye; readers of the screen still hear it. */
  showTitle?: boolean
  description?: string
  width?: 'small' | 'medium' | 'large'
  onClose: () => void
  children: ReactNode
}

/** A dialog over the page; on a phone, a sheet at the bottom. Esc and a click beside it close it. */
export function Dialog({ title, showTitle = true, description, width = 'medium', onClose, children }: Props) {
  return (
    <BaseDialog.Root open onOpenChange={(open) => !open && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={styles.backdrop} />
        <BaseDialog.Popup className={`${styles.dialog} ${styles[width]}`}>
          {showTitle ? (
            <header className={styles.header}>
              <BaseDialog.Title>{title}</BaseDialog.Title>
              {description !== undefined && <BaseDialog.Description className="muted">{description}</BaseDialog.Description>}
            </header>
          ) : (
            <BaseDialog.Title className="sr">{title}</BaseDialog.Title>
          )}
          {children}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  )
}

/** The row of buttons at the end of a dialog. It stays in sight while the dialog scrolls. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <footer className={styles.actions}>{children}</footer>
}
