import FHIRStore

/// The trigger that keeps one active problem per patient and code on the problem list.
///
/// Merges and messages of the system that leads the record may bring a second one; people sort it out then.
enum ProblemListSQL {
    static let script = """
        CREATE TABLE problem_active (
          patient bigint NOT NULL,
          code text COLLATE "C" NOT NULL,
          condition text COLLATE "C" NOT NULL,
          PRIMARY KEY (patient, code));
        CREATE INDEX ON problem_active (condition);
        CREATE FUNCTION problem_codes(content jsonb) RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
        BEGIN
          IF NOT EXISTS (
              SELECT FROM visit_items(content -> 'category') g, visit_items(g -> 'coding') c
              WHERE c ->> 'code' = 'problem-list-item')
            OR NOT EXISTS (
              SELECT FROM visit_items(content #> '{clinicalStatus,coding}') c
              WHERE c ->> 'code' IN ('active', 'recurrence', 'relapse'))
            OR EXISTS (
              SELECT FROM visit_items(content #> '{verificationStatus,coding}') c
              WHERE c ->> 'code' IN ('refuted', 'entered-in-error'))
          THEN
            RETURN;
          END IF;
          RETURN QUERY
            SELECT DISTINCT coalesce(c ->> 'system', '') || '|' || (c ->> 'code')
            FROM visit_items(content #> '{code,coding}') c WHERE c ->> 'code' IS NOT NULL;
        END $$;
        CREATE FUNCTION problem_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          found_code text;
          taken int;
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM problem_active WHERE condition = OLD.id;
          END IF;
          IF TG_OP = 'DELETE' OR NEW.subj IS NULL THEN
            RETURN NULL;
          END IF;
          FOR found_code IN SELECT p FROM problem_codes(NEW.content) p ORDER BY p LOOP
            INSERT INTO problem_active VALUES (NEW.subj, found_code, NEW.id) ON CONFLICT DO NOTHING;
            GET DIAGNOSTICS taken = ROW_COUNT;
            IF taken = 0 AND NOT visit_is_told() THEN
              RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
                MESSAGE = 'duplicate|the problem list has an active problem of this code';
            END IF;
          END LOOP;
          RETURN NULL;
        END $$;
        DO $$ BEGIN
          IF to_regclass('condition') IS NOT NULL THEN
            CREATE TRIGGER problem_list AFTER INSERT OR UPDATE OR DELETE ON condition
              FOR EACH ROW EXECUTE FUNCTION problem_keep();
          END IF;
        END $$;

        """
}
