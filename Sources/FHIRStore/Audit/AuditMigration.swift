/// The tables of the record of who did what (decision 0046).
///
///     audit_inbox   what happened, in few columns, written with the deed; rows leave it when they are chained
///     audit_log     the chain: a number without gaps, a hash over all before it, and the AuditEvent as text
///     audit_head    one row: the end of the chain, and where it begins since older parts were deleted
enum AuditMigration {
    /// - Parameter hasEvents: whether there is a table of AuditEvents.
    static func make(hasEvents: Bool) -> Migration {
        Migration(version: 600, name: "audit trail", script: script + (hasEvents ? events : ""))
    }

    /// The setting under which a transaction may delete records: that of the retention, and of nobody else.
    static let purgeSetting = "martlet.audit_purge"

    /// Rows stand in the inbox for a moment only, so it is vacuumed by their number and not by their share.
    private static let script = """
        CREATE TABLE audit_inbox (
          entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          happened timestamptz NOT NULL DEFAULT clock_timestamp(),
          effect "char" NOT NULL,
          type text,
          id text COLLATE "C",
          version bigint,
          status int,
          context text NOT NULL,
          detail text,
          shown text)
          WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
        CREATE TABLE audit_log (
          seq bigint PRIMARY KEY,
          event text COLLATE "C" NOT NULL UNIQUE,
          recorded timestamptz NOT NULL,
          hash bytea NOT NULL,
          record text NOT NULL);
        CREATE TABLE audit_head (
          is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
          seq bigint NOT NULL DEFAULT 0,
          hash bytea NOT NULL DEFAULT sha256('martlet'),
          anchor_seq bigint NOT NULL DEFAULT 0,
          anchor_hash bytea NOT NULL DEFAULT sha256('martlet'));
        INSERT INTO audit_head DEFAULT VALUES;

        -- Patients whom a resource is about, as Patient/1.
        CREATE FUNCTION audit_patients(content jsonb) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
        BEGIN
          IF content->>'resourceType' = 'Patient' THEN RETURN ARRAY['Patient/' || (content->>'id')]; END IF;
          RETURN ARRAY(
            SELECT DISTINCT substring(r FROM '(?:^|/)(Patient/[A-Za-z0-9.-]{1,64})(?:/_history/[^/]*)?$')
            FROM (
              SELECT p #>> '{}' FROM jsonb_path_query(content, 'lax $.subject.reference') p
              UNION ALL SELECT content #>> '{patient,reference}'
              UNION ALL SELECT content #>> '{for,reference}'
              UNION ALL SELECT content #>> '{beneficiary,reference}'
              UNION ALL SELECT p #>> '{}' FROM jsonb_path_query(content, 'lax $.participant.actor.reference') p
            ) named (r)
            WHERE r ~ '(^|/)Patient/');
        END $$;

        CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF current_setting('\(purgeSetting)', true) IS DISTINCT FROM 'on' THEN
            RAISE EXCEPTION 'records cannot be changed' USING ERRCODE = '\(StoreError.forbiddenState)';
          END IF;
          RETURN OLD;
        END $$;
        CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON audit_log
          FOR EACH ROW EXECUTE FUNCTION audit_keep();

        """

    /// AuditEvents that are part of the chain; those that clients send are resources like others.
    private static let events = """
        CREATE FUNCTION audit_keep_event() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF current_setting('\(purgeSetting)', true) IS DISTINCT FROM 'on'
            AND EXISTS (SELECT FROM audit_log WHERE event = OLD.id) THEN
            RAISE EXCEPTION 'records cannot be changed' USING ERRCODE = '\(StoreError.forbiddenState)';
          END IF;
          IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER audit_keep BEFORE DELETE OR UPDATE OF id, version, content, exact, tenant ON auditevent
          FOR EACH ROW EXECUTE FUNCTION audit_keep_event();

        """
}
