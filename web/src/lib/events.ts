// Server-sent events out of a fetched stream; EventSource can neither POST nor tell a status.

export interface ServerEvent { name: string; data: string }

/** One event of its lines; null for a heartbeat. */
function readEvent(lines: string): ServerEvent | null {
  let name = 'message';
  const data: string[] = [];
  for (const line of lines.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const value = line.slice(colon + 1).replace(/^ /, '');
    if (line.slice(0, colon) === 'event') name = value;
    if (line.slice(0, colon) === 'data') data.push(value);
  }
  return data.length === 0 ? null : {name, data: data.join('\n')};
}

/** Every event of the stream, until it ends. */
export async function* serverEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let waiting = '';
  try {
    for (;;) {
      const {done, value} = await reader.read();
      if (done) return;
      waiting = (waiting + decoder.decode(value, {stream: true})).replaceAll('\r\n', '\n');
      for (let end = waiting.indexOf('\n\n'); end >= 0; end = waiting.indexOf('\n\n')) {
        const event = readEvent(waiting.slice(0, end));
        waiting = waiting.slice(end + 2);
        if (event !== null) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);  // the other side may have gone already
  }
}
