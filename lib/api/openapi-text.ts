/** The ground rules, in Markdown's plainest form: paragraphs, and lines that begin with a dash. */
export const ROOT_DESCRIPTION = `Everything a fan's browser, an app or an organiser's script does with Frontrow.

- JSON in and out, UTF-8. Times are ISO 8601. Ids are opaque. Money is an integer in minor units of the currency.
- Every error is \`application/problem+json\` (RFC 9457) with a \`code\` from a closed list; every answer carries \`Request-Id\`.
- Bodies and query parameters are strict: an unknown or repeated key, a wrong type or a NUL character is \`invalid_request\` with \`errors: [{ path, message }]\`.
- Who is asking comes from the session: \`Authorization: Bearer …\`, or the browser's cookie, which needs a same-origin \`Origin\` on calls that change something.
- The queue token travels in \`Queue-Token\`. Calls behind the gate need the fan's own, for this concert, admitted now.
- \`Idempotency-Key\` on reserving, paying and topping up makes a retry safe for 24 hours: the first answer comes again, byte for byte, with \`Idempotent-Replayed: true\`.
- 429 and 503 say in \`Retry-After\` when to come back.`;
