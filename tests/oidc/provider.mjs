// A certified OpenID Connect provider, with two clients, a public one and a few people. It prints where it listens.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const modules = createRequire(`${process.argv[2]}/package.json`);
const { Provider } = await import(pathToFileURL(modules.resolve("oidc-provider")));
const mode = process.argv[4]; // wide: all claims in the ID token; userinfo: elsewhere; api: JWT access tokens
const callback = "http://127.0.0.1:9/callback";
const people = JSON.parse(process.argv[3]);
const server = createServer((request, response) => provider.callback()(request, response));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const served = "http://127.0.0.1/login/oidc/callback"; // of a native client: on any port of this machine
const client = (client_id, more) => ({
  client_id,
  application_type: "native",
  redirect_uris: [callback, served],
  ...more,
});

const provider = new Provider(issuer, {
  clients: [
    client("mesh", { client_secret: "a client secret of the tests" }),
    client("other", { client_secret: "the secret of another client" }),
    client("public", { token_endpoint_auth_method: "none" }),
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups", "department"] },
  conformIdTokenClaims: mode === "userinfo",
  pkce: { required: () => true },
  cookies: { keys: ["a key of the tests"] },
  features: {
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: mode === "api",
      defaultResource: () => "urn:mesh:api",
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: "openid", audience: "urn:mesh:api", accessTokenFormat: "jwt" }),
    },
  },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
});
console.log(issuer);
process.stdin.on("end", () => process.exit(0)).resume(); // whoever started it has gone
