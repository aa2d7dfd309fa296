import { useMe, usePeople } from '../api/records'
import { words } from '../words'

interface Doer {
  user: { id: string; name: string | null } | null
  key: { name: string | null } | null
}

/** Makes the function that names who did something: a person, or an API key. */
export function useActorName(): (doer: Doer) => string {
  const people = usePeople()
  const me = useMe()?.user
  return ({ user, key }) => {
    if (key !== null) return words.record.history.key(key.name ?? '')
    if (user === null) return words.common.product
    const own = user.id === me?.id ? (me.name ?? me.email) : null
    return user.name ?? people.get(user.id)?.name ?? own ?? words.common.somebody
  }
}
