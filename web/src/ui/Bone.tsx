import styles from './Bone.module.css'

/** A grey bar where text will stand. It appears after 150 ms, so that a fast answer does not flicker. */
export function Bone({ width = 'wide' }: { width?: 'narrow' | 'medium' | 'wide' }) {
  return <span className={`${styles.bone} ${styles[width]}`} aria-hidden />
}
