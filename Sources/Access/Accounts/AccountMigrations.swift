package import FHIRStore

/// The tables of accounts. Who somebody is stands in a Person; how they sign in, and what was granted to them, here.
package enum AccountMigrations {
    package static let all = [
        Migration(version: 540, name: "accounts", script: accounts),
        Migration(version: 541, name: "sessions of browsers", script: sessions),
        Migration(version: 542, name: "accounts follow their resources", script: AccountGuardSQL.script),
        Migration(version: 543, name: "changes of accounts are told", script: AccountChangesSQL.script),
        Migration(version: 672, name: "second factors that roles demand", script: SecondFactorSQL.script),
    ]

    /// - `email` is case-folded. `totp` is sealed, `recovery` and `account_ticket` hold hashes. `onboarding`
    ///   is what waits for the e-mail of a self-registration to be verified.
    /// - `account_role` is what was granted; the PractitionerRole shows it, and can only take away from it.
    /// - `sign_in_failure` is by hash of what was typed, so that it knows nothing of who has an account.
    private static let accounts = """
        CREATE TABLE user_account (
          person text COLLATE "C" PRIMARY KEY,
          email text COLLATE "C" NOT NULL UNIQUE,
          state text NOT NULL CHECK (state IN ('invited', 'pending-verification', 'active', 'deactivated')),
          person_active boolean NOT NULL DEFAULT true,
          password text,
          tokens_from timestamptz NOT NULL DEFAULT now(),
          practitioner text COLLATE "C",
          patient text COLLATE "C",
          related text[] NOT NULL DEFAULT '{}',
          organization text COLLATE "C",
          totp bytea,
          totp_offered bytea,
          totp_step bigint NOT NULL DEFAULT 0,
          recovery bytea[] NOT NULL DEFAULT '{}',
          onboarding jsonb,
          created timestamptz NOT NULL DEFAULT now(),
          changed timestamptz NOT NULL DEFAULT now());
        CREATE TABLE account_role (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          person text COLLATE "C" NOT NULL REFERENCES user_account ON DELETE CASCADE,
          role text COLLATE "C" NOT NULL,
          organization text COLLATE "C",
          practitioner_role text COLLATE "C",
          active boolean NOT NULL DEFAULT true,
          starts timestamptz NOT NULL DEFAULT '-infinity',
          ends timestamptz NOT NULL DEFAULT 'infinity');
        CREATE UNIQUE INDEX account_role_once ON account_role (person, role, coalesce(organization, ''));
        CREATE INDEX ON account_role (practitioner_role);
        CREATE INDEX ON account_role (role);
        CREATE TABLE account_ticket (
          hash bytea PRIMARY KEY,
          person text COLLATE "C",
          purpose text NOT NULL,
          expires timestamptz NOT NULL);
        CREATE INDEX ON account_ticket (person, purpose);
        CREATE TABLE account_errand (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          kind text NOT NULL,
          email text COLLATE "C" NOT NULL,
          person text COLLATE "C",
          content jsonb NOT NULL DEFAULT '{}',
          due timestamptz NOT NULL DEFAULT now(),
          attempts int NOT NULL DEFAULT 0,
          created timestamptz NOT NULL DEFAULT now(),
          done timestamptz);
        CREATE INDEX ON account_errand (due) WHERE done IS NULL;
        CREATE INDEX ON account_errand (email, created);
        CREATE TABLE sign_in_failure (
          key bytea PRIMARY KEY,
          failures int NOT NULL,
          last timestamptz NOT NULL,
          blocked_until timestamptz NOT NULL DEFAULT '-infinity');
        CREATE TABLE secret_key_check (
          one boolean PRIMARY KEY DEFAULT true CHECK (one),
          sealed bytea NOT NULL);
        CREATE FUNCTION sign_in_attempt(attempt bytea, succeeded boolean)
        RETURNS TABLE (blocked_seconds int, failures_now int) LANGUAGE plpgsql AS $$
        DECLARE
          row sign_in_failure;
        BEGIN
          -- Attempts at one account are judged one after the other, however many were checked side by side.
          PERFORM pg_advisory_xact_lock(hashtextextended(encode(attempt, 'hex'), 540));
          SELECT * INTO row FROM sign_in_failure WHERE key = attempt;
          IF row.key IS NOT NULL AND row.blocked_until > clock_timestamp() THEN
            RETURN QUERY SELECT ceil(extract(epoch FROM row.blocked_until - clock_timestamp()))::int, row.failures;
            RETURN;
          END IF;
          IF succeeded THEN
            DELETE FROM sign_in_failure WHERE key = attempt;
            RETURN QUERY SELECT 0, 0;
            RETURN;
          END IF;
          -- After a quiet day all is forgotten.
          row.failures := CASE WHEN row.last > clock_timestamp() - interval '24 hours' THEN row.failures ELSE 0 END + 1;
          row.blocked_until := CASE
            WHEN row.failures >= 10 THEN clock_timestamp() + interval '15 minutes'
            WHEN row.failures >= 5 THEN clock_timestamp() + interval '1 second' * power(2, row.failures - 5)
            ELSE '-infinity' END;
          INSERT INTO sign_in_failure VALUES (attempt, row.failures, clock_timestamp(), row.blocked_until)
            ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, last = excluded.last,
              blocked_until = excluded.blocked_until;
          DELETE FROM sign_in_failure WHERE key IN (
            SELECT key FROM sign_in_failure WHERE last < clock_timestamp() - interval '2 days' LIMIT 10
            FOR UPDATE SKIP LOCKED);
          RETURN QUERY SELECT 0, row.failures;
        END $$;

        """

    /// Rows are by hash of the cookie. `stage` is `password` between the password and the second factor.
    private static let sessions = """
        CREATE TABLE account_session (
          hash bytea PRIMARY KEY,
          id text COLLATE "C" NOT NULL UNIQUE,
          person text COLLATE "C" NOT NULL REFERENCES user_account ON DELETE CASCADE,
          stage text NOT NULL CHECK (stage IN ('password', 'full')),
          second_factor boolean NOT NULL DEFAULT false,
          started timestamptz NOT NULL DEFAULT now(),
          seen timestamptz NOT NULL DEFAULT now(),
          expires timestamptz NOT NULL,
          agent text NOT NULL DEFAULT '',
          address text NOT NULL DEFAULT '');
        CREATE INDEX ON account_session (person);
        CREATE INDEX ON account_session (expires);

        """
}
