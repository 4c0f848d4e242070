/** Where the visitor's choice is kept: `light`, `dark`, or nothing to follow the system. */
export const THEME_KEY = "frontrow.theme";

/**
 * Runs before the first paint, so that a chosen theme never flashes. It stands inline in every page, word for word:
 * a content security policy admits it by its SHA-256.
 */
export const THEME_SCRIPT = `try{var t=localStorage.getItem("${THEME_KEY}");if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch(e){}`;
