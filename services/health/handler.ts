/** `GET /api/health` → the stack answers, and which version of it. */
export function createHealthHandler({ version }: { version: string }) {
  const response = {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ status: 'ok', version }),
  };
  return async () => response;
}
