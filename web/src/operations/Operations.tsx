export function Operations() {
  return <main id="main" />
}
