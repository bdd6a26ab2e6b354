/** @returns 64 hexadecimal digits, lower case */
export async function sha256(bytes: Uint8Array): Promise<string> {
  // A copy, because the view may be of shared memory, which the browser does not hash.
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
