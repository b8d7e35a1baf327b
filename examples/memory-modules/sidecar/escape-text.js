import { clean } from './clean-text.js'

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text from outside as text or attribute of HTML and SVG. @param {unknown} text */
export const escapeText = (text) => clean(String(text), 400).replace(/[&<>"']/g, (character) => entities[character])
