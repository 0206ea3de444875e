import type { ChatTurn } from './endpoints/chat.ts';

/** A turn of a talk as the server keeps it: images are base64. */
export type StoredTurn = Omit<ChatTurn, 'images'> & { readonly images?: readonly string[] };
