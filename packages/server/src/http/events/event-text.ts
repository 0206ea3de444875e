/** An event as the stream has it. JSON has no line breaks in it, so that its data is one line. */
export const eventText = (event: { readonly type: string }, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
