import { type Command, useAllCommands } from '../state/commands'
import { Dialog } from '../ui/Dialog'
import { Keys } from '../ui/Keys'
import { words } from '../words'
import styles from './KeysHelp.module.css'

/** All keys of the screen that is open, by group. */
export default function KeysHelp({ onClose }: { onClose: () => void }) {
  const groups = Map.groupBy(useAllCommands().filter(hasKeys), (command) => command.group)
  return (
    <Dialog title={words.shell.allKeys} width="large" onClose={onClose}>
      <div className={styles.groups}>
        {[...groups].map(([group, commands]) => (
          <section key={group} className={styles.group}>
            <h3>{group}</h3>
            <dl>
              {commands.map((command) => (
                <div key={command.id} className={styles.row}>
                  <dt>{command.label}</dt>
                  <dd>
                    <span className="sr">{command.keys}</span>
                    <Keys keys={command.keys ?? ''} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

function hasKeys(command: Command): boolean {
  return command.keys !== undefined
}
