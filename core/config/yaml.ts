// By a module of our own: a bundle knows what a CommonJS package exports only where it is named.
export { parseDocument } from 'yaml';
