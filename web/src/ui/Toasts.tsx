import { Toast } from '@base-ui/react/toast'
import { X } from 'lucide-react'
import { useEffect } from 'react'
import { words } from '../words'
import { Button } from './Button'
import { startToasts, type ToastData, toasts } from './toast'
import styles from './Toasts.module.css'

/** All toasts, newest in front. Their keys work while they have the focus, as do those of the page. */
export function Toasts() {
  useEffect(startToasts, []) // the provider's own effect comes first, so it hears of those that waited
  return (
    <Toast.Provider toastManager={toasts} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport}>
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function ToastList() {
  const manager = Toast.useToastManager<ToastData>()
  return manager.toasts.map((toast) => {
    const { tone, action } = toast.data ?? { tone: 'plain' }
    return (
      <Toast.Root key={toast.id} toast={toast} className={styles.toast} data-toast data-tone={tone} swipeDirection={['right', 'down']}>
        <Toast.Content className={styles.content}>
          <div className={styles.text}>
            <Toast.Title className={styles.title} />
            <Toast.Description className={styles.description} />
          </div>
          {action !== undefined && (
            <Button
              onClick={() => {
                manager.close(toast.id)
                action.run()
              }}
            >
              {action.label}
            </Button>
          )}
          <Toast.Close className={styles.close} aria-label={words.common.close}>
            <X size={15} aria-hidden />
          </Toast.Close>
        </Toast.Content>
      </Toast.Root>
    )
  })
}
