// The reference page: Swagger UI on this service's own contract, and signing in. The tokens are kept in this page's memory only.
'use strict';

(() => {
  const at = (id) => document.getElementById(id);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const shade = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
  dark.addEventListener('change', shade);
  shade();

  const methods = ['get', 'post', 'put', 'patch', 'delete'];
  let session = null; // what the token endpoint answered
  let renewal = 0;

  const ui = SwaggerUIBundle({
    url: '/openapi.json',
    dom_id: '#reference',
    layout: 'BaseLayout',
    deepLinking: true,
    filter: true,
    docExpansion: 'none',
    defaultModelsExpandDepth: 0,
    operationsSorter: (a, b) => a.get('path').localeCompare(b.get('path')) || methods.indexOf(a.get('method')) - methods.indexOf(b.get('method')),
    tryItOutEnabled: true,
    displayRequestDuration: true,
    showExtensions: true,
    persistAuthorization: false,
    validatorUrl: null,
    onComplete: () => show(),
  });

  // ask sends a form to the service and answers the JSON; it throws what the service says against it.
  async function ask(path, form) {
    const answer = await fetch(path, { method: 'POST', headers: { Accept: 'application/json' }, body: new URLSearchParams(form) });
    const body = await answer.text();
    const json = body ? JSON.parse(body) : {};
    if (!answer.ok) throw new Error(json.detail || `The service answered ${answer.status}.`);
    return json;
  }

  function hold(tokens) {
    session = tokens;
    ui.preauthorizeApiKey('bearerAuth', tokens.access_token);
    clearTimeout(renewal);
    renewal = setTimeout(renew, Math.max(30, tokens.expires_in - 60) * 1000);
  }

  async function renew() {
    try {
      hold(await ask('/v1/oauth/token', { grant_type: 'refresh_token', refresh_token: session.refresh_token }));
    } catch (e) {
      forget();
      show('You have been signed out: ' + e.message);
    }
  }

  function forget() {
    clearTimeout(renewal);
    session = null;
    ui.authActions.logout(['bearerAuth']);
  }

  function show(error) {
    at('sign-in').hidden = session !== null;
    at('signed-in').hidden = session === null;
    at('sign-in-error').hidden = !error;
    at('sign-in-error').textContent = error || '';
  }

  at('sign-in').addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      hold(await ask('/v1/oauth/token', { grant_type: 'password', username: at('email').value, password: at('password').value }));
      at('who').textContent = at('email').value;
      at('password').value = '';
      show();
      at('sign-out').focus();
    } catch (e) {
      show(e.message);
    }
  });

  at('sign-out').addEventListener('click', async () => {
    const token = session.refresh_token;
    forget();
    show();
    at('email').focus();
    try {
      await ask('/v1/oauth/revoke', { token });
    } catch (e) {
      show('The session could not be ended on the service: ' + e.message);
    }
  });

  const demo = at('demo');
  if (demo) {
    demo.addEventListener('change', () => {
      const user = demo.selectedOptions[0].dataset;
      at('email').value = user.email || '';
      at('password').value = user.password || '';
    });
  }
})();
