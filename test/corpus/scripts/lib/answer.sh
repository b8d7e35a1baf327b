answer() {
  echo 'module=mem-logger'
}
