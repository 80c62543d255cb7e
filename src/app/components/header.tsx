/** The bar at the top: what this is, and what can be done with what is open. */
export function Header({ children }: { readonly children?: preact.ComponentChildren }) {
  return (
    <header class="bar">
      <div class="bar-inner">
        <a class="wordmark" href="./">
          archmeter
        </a>
        <p class="promise">Your files stay here: nothing is uploaded.</p>
        <div class="tools">
          {children}
          <a class="manual-link" href="manual/tutorial.html" target="_blank" rel="noopener">
            Manual
          </a>
          <button type="button" class="quiet" data-theme-toggle hidden>
            Theme
          </button>
        </div>
      </div>
    </header>
  );
}
