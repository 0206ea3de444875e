/** What comes of a path in a browser. */
export function noFileReading(path: string | URL): never {
  throw new TypeError(`a browser reads no file by its path, such as \`${path}\`: give its bytes, or a File or Blob.`);
}
