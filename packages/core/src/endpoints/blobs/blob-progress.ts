/** A row of an upload; the bytes are those given to the connection. */
export interface BlobProgress {
  /** `hashing`, `uploading <12 digits>`, then `success`: the server has the blob. */
  readonly status: string;
  /** `sha256:…`, the name of the blob in `files` of create; absent while it is not known. */
  readonly digest?: string;
  /** Bytes that are done. */
  readonly completed: number;
  /** Bytes of the blob. */
  readonly total: number;
}
