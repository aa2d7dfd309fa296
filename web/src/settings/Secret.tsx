import { Copy } from 'lucide-react'
import { Button } from '../ui/Button'
import { copyText } from '../ui/copyText'
import { tell } from '../ui/toast'
import { words } from '../words'
import styles from './Settings.module.css'

/** A text that is shown once, with a button that copies it. */
export function Secret({ text }: { text: string }) {
  return (
    <div className={styles.secret}>
      <code>{text}</code>
      <Button onClick={() => void copyText(text).then(() => tell(words.common.copied))}>
        <Copy aria-hidden />
        {words.common.copy}
      </Button>
    </div>
  )
}
