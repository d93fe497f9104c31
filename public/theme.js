// Before anything is drawn, so that nothing flashes white at night. An attribute, as older phones know no `light-dark()`.
{
  const isDark = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    /** @type {string | null} */
    let chosen = null
    try {
      chosen = localStorage.getItem('guoshen:theme')
    } catch {
      // Device storage may be closed to pages.
    }
    document.documentElement.dataset.theme = chosen ?? (isDark.matches ? 'dark' : 'light')
  }
  apply()
  isDark.addEventListener('change', apply)
  addEventListener('guoshen:theme', apply)
}
