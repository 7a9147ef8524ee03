/** Whether an address, as it stands in a URL, stays on this machine or in the local network. */
export function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (/^(?:127|10)\.\d+\.\d+\.\d+$|^192\.168\.\d+\.\d+$|^169\.254\.\d+\.\d+$/.test(host)) return true;
  if (/^172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+$/.test(host)) return true;
  if (host.includes(':')) return /^(?:::1$|f[cd]|fe[89ab])/.test(host);
  // A name without a dot is one of the container network or of the router.
  return !host.includes('.') || /\.(?:local|lan|internal|home\.arpa|localhost)$/.test(host);
}
