import { Problem } from '../api/client'
import { words } from '../words'
import { Button } from './Button'
import { Empty } from './Empty'

/** What a screen shows if its content did not load: the server's own words, and another try. */
export function LoadError({ error, retry }: { error: Error; retry: () => void }) {
  const title = error instanceof Problem ? words.common.didNotLoad : words.shell.offline
  return (
    <Empty title={title} text={error.message}>
      <Button onClick={retry}>{words.common.tryAgain}</Button>
    </Empty>
  )
}
