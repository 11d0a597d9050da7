// An issuer for drive.py, by node-oidc-provider: the clients of the environment, and one invented person.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.cwd()}/`);
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')).href);
const port = Number(process.env.PORT);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: JSON.parse(process.env.CLIENTS),
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  // The address in the ID token, and not only at another endpoint.
  conformIdTokenClaims: false,
  enabledJWA: { clientAuthSigningAlgValues: ['ES384', 'RS384', 'ES256'] },
  findAccount: async (_, sub) => ({
    accountId: sub,
    claims: async () => ({ sub, email: `${sub}@hospital.example`, email_verified: true }),
  }),
  pkce: { required: () => true },
  cookies: { keys: ['invented'] },
});
provider.listen(port, '127.0.0.1');
