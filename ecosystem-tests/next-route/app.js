/** Calls the route handler as Next.js does. */
import { POST } from './route.js';

const [, , baseURL] = process.argv;
const request = count =>
  new Request('http://localhost/api/reply', { method: 'POST', body: JSON.stringify({ baseURL, count }) });
await POST(request(4));
console.log(await (await POST(request(6))).text());
