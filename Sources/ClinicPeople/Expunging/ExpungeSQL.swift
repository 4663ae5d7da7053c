import FHIRStore

/// What stays of a record that was erased: that it was, by whom, why, and a digest of what it consisted of.
enum ExpungeSQL {
    static let script = """
        CREATE TABLE people_expunged (
          patient text COLLATE "C" PRIMARY KEY,
          count bigint NOT NULL,
          proof text NOT NULL,
          basis text NOT NULL,
          reason text NOT NULL,
          actor text NOT NULL,
          expunged timestamptz NOT NULL);
        CREATE FUNCTION people_keep_proof() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
            MESSAGE = 'not-allowed|proofs of what was erased do not change';
        END $$;
        CREATE TRIGGER people_keep_proof BEFORE UPDATE OR DELETE ON people_expunged
          FOR EACH ROW EXECUTE FUNCTION people_keep_proof();

        -- Erases copies outside of the resources' tables, and keeps the proof.
        CREATE FUNCTION people_expunge(
          p_patient text, p_addresses text[], p_basis text, p_reason text, p_actor text, p_at timestamptz)
        RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
          digest text := encode(sha256(convert_to(
            array_to_string(ARRAY(SELECT a FROM unnest(p_addresses) a ORDER BY a COLLATE "C"), E'\\n')
              || E'\\n' || to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'UTF8')), 'hex');
        BEGIN
          -- Answers that were remembered for retries hold resources.
          DELETE FROM clinic_idempotency WHERE answer LIKE '%Patient/' || p_patient || '"%'
            OR answer LIKE '%"id":"' || p_patient || '"%' OR id = p_patient;
          IF to_regclass('hl7_message') IS NOT NULL THEN
            UPDATE hl7_message SET body = '', acknowledgement = NULL, reason = 'expunged'
              WHERE resources && p_addresses OR superseded && p_addresses;
          END IF;
          IF to_regclass('hl7_delivery') IS NOT NULL THEN
            UPDATE hl7_delivery SET body = '' WHERE resource = ANY (p_addresses);
          END IF;
          INSERT INTO people_expunged (patient, count, proof, basis, reason, actor, expunged)
            VALUES (p_patient, cardinality(p_addresses), digest, p_basis, p_reason, p_actor, p_at)
            ON CONFLICT (patient) DO NOTHING;
          RETURN digest;
        END $$;
        """
}
