export function OperationPanel() {
  return <main id="main" />
}
