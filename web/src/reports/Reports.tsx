export function Reports() {
  return <main id="main" />
}
