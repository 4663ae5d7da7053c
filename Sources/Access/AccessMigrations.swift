package import FHIRStore

/// The tables of clients, keys and tokens: versions from 550.
package enum AccessMigrations {
    package static let all = [
        Migration(
            version: 550, name: "changes of access",
            script: """
                CREATE TABLE access_change (
                  topic text NOT NULL,
                  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
                  changed timestamptz NOT NULL DEFAULT now());
                CREATE INDEX access_change_xid ON access_change (xid);
                -- Tells all servers that what they know of a topic (client:ID, grant:ID, person:ID, session:ID,
                -- token:ID) is out of date, once the transaction commits.
                CREATE FUNCTION access_changed(topic text) RETURNS void LANGUAGE sql AS
                  'INSERT INTO access_change (topic) VALUES ($1)';
                """),
        Migration(
            version: 551, name: "signing keys",
            script: """
                CREATE TABLE signing_key (
                  id text PRIMARY KEY,
                  algorithm text NOT NULL,
                  sealed bytea NOT NULL,
                  signs_from timestamptz NOT NULL,
                  verifies_until timestamptz);
                """),
        Migration(
            version: 552, name: "clients",
            script: """
                CREATE TABLE oauth_client (
                  id text PRIMARY KEY,
                  name text NOT NULL,
                  is_public boolean NOT NULL,
                  secret text,
                  keys jsonb,
                  keys_url text,
                  grants text[] NOT NULL,
                  scope text[] NOT NULL,
                  redirects text[] NOT NULL,
                  origins text[] NOT NULL,
                  organization text,
                  is_dynamic boolean NOT NULL DEFAULT false,
                  is_enabled boolean NOT NULL DEFAULT true,
                  created timestamptz NOT NULL DEFAULT now(),
                  CHECK (is_public = (secret IS NULL AND keys IS NULL AND keys_url IS NULL)));
                CREATE FUNCTION oauth_client_changed() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  PERFORM access_changed('client:' || coalesce(NEW.id, OLD.id));
                  RETURN NULL;
                END $$;
                CREATE TRIGGER oauth_client_changed AFTER INSERT OR UPDATE OR DELETE ON oauth_client
                  FOR EACH ROW EXECUTE FUNCTION oauth_client_changed();
                """),
        Migration(
            version: 553, name: "grants and tokens",
            script: """
                -- What a person let a client do, or what the command line gave it: the family of its tokens.
                CREATE TABLE oauth_grant (
                  id text PRIMARY KEY,
                  client text NOT NULL REFERENCES oauth_client (id) ON DELETE CASCADE,
                  person text NOT NULL,
                  session text,
                  scope text NOT NULL,
                  patient text,
                  encounter text,
                  needs_banner boolean,
                  signed_in timestamptz NOT NULL,
                  created timestamptz NOT NULL DEFAULT now(),
                  expires timestamptz NOT NULL,
                  revoked timestamptz,
                  reason text);
                CREATE INDEX oauth_grant_person ON oauth_grant (person);
                CREATE INDEX oauth_grant_session ON oauth_grant (session) WHERE session IS NOT NULL;
                CREATE INDEX oauth_grant_client ON oauth_grant (client);
                CREATE INDEX oauth_grant_expires ON oauth_grant (expires);
                CREATE FUNCTION oauth_grant_changed() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  PERFORM access_changed('grant:' || OLD.id);
                  RETURN NULL;
                END $$;
                CREATE TRIGGER oauth_grant_changed AFTER UPDATE OR DELETE ON oauth_grant
                  FOR EACH ROW EXECUTE FUNCTION oauth_grant_changed();
                CREATE TABLE oauth_code (
                  hash bytea PRIMARY KEY,
                  grant_id text NOT NULL REFERENCES oauth_grant (id) ON DELETE CASCADE,
                  redirect text NOT NULL,
                  challenge text NOT NULL,
                  nonce text,
                  expires timestamptz NOT NULL,
                  used timestamptz);
                CREATE INDEX oauth_code_grant ON oauth_code (grant_id);
                CREATE TABLE oauth_refresh (
                  hash bytea PRIMARY KEY,
                  grant_id text NOT NULL REFERENCES oauth_grant (id) ON DELETE CASCADE,
                  expires timestamptz NOT NULL,
                  used timestamptz);
                CREATE INDEX oauth_refresh_grant ON oauth_refresh (grant_id);
                -- Access tokens revoked before their time, by jti.
                CREATE TABLE oauth_revoked (jti text PRIMARY KEY, expires timestamptz NOT NULL);
                -- Assertions of clients that were seen (RFC 7523 §3).
                CREATE TABLE oauth_assertion (
                  client text NOT NULL,
                  jti text NOT NULL,
                  expires timestamptz NOT NULL,
                  PRIMARY KEY (client, jti));
                -- Ends what was granted for as long as somebody is signed in.
                CREATE FUNCTION end_session_grants(ended text) RETURNS void LANGUAGE sql AS
                  'UPDATE oauth_grant SET revoked = now(), reason = ''session'' WHERE session = $1 AND revoked IS NULL';
                -- Ends all that a person has granted.
                CREATE FUNCTION end_person_grants(ended text) RETURNS void LANGUAGE sql AS
                  'UPDATE oauth_grant SET revoked = now(), reason = ''account'' WHERE person = $1 AND revoked IS NULL';
                CREATE TABLE oauth_launch (
                  hash bytea PRIMARY KEY,
                  client text NOT NULL,
                  person text,
                  patient text,
                  encounter text,
                  needs_banner boolean,
                  expires timestamptz NOT NULL,
                  used timestamptz);
                """),
        Migration(
            version: 554, name: "tokens of the command line",
            script: """
                -- Tokens that are no JWT, of a client or a person. Those of an administrator, who sees everything, are
                -- in a table of their own, so that none of these can be taken for one.
                CREATE TABLE oauth_standing_token (
                  hash bytea PRIMARY KEY,
                  client text REFERENCES oauth_client (id) ON DELETE CASCADE,
                  person text,
                  scope text,
                  patient text,
                  created timestamptz NOT NULL DEFAULT now(),
                  expires timestamptz,
                  CHECK ((client IS NULL) <> (person IS NULL)));
                """),
        Migration(
            version: 670, name: "what else apps are told at their launch",
            script: """
                ALTER TABLE oauth_launch ADD COLUMN fhir_context text, ADD COLUMN intent text;
                ALTER TABLE oauth_grant ADD COLUMN fhir_context text, ADD COLUMN intent text;
                """),
        Migration(
            version: 671, name: "consents that are remembered",
            script: """
                -- What a person has allowed an app that waits at an address, so that they are not asked again.
                CREATE TABLE oauth_consent (
                  person text NOT NULL,
                  client text NOT NULL REFERENCES oauth_client (id) ON DELETE CASCADE,
                  redirect text NOT NULL,
                  scope text NOT NULL,
                  given timestamptz NOT NULL DEFAULT now(),
                  used timestamptz NOT NULL DEFAULT now(),
                  PRIMARY KEY (person, client, redirect));
                CREATE INDEX oauth_consent_client ON oauth_consent (client);
                CREATE INDEX oauth_consent_used ON oauth_consent (used);
                -- People allowed what the app was at that time.
                CREATE FUNCTION oauth_client_redefined() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  DELETE FROM oauth_consent WHERE client = NEW.id;
                  RETURN NULL;
                END $$;
                CREATE TRIGGER oauth_client_redefined AFTER UPDATE ON oauth_client FOR EACH ROW
                  WHEN ((OLD.name, OLD.redirects, OLD.scope, OLD.is_public) IS DISTINCT FROM
                    (NEW.name, NEW.redirects, NEW.scope, NEW.is_public))
                  EXECUTE FUNCTION oauth_client_redefined();
                """),
    ]
}
