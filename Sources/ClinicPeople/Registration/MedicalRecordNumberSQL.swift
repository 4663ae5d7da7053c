import FHIRStore

/// The trigger that keeps medical record numbers unique among an organisation's live patients, whatever door a patient
/// comes through.
enum MedicalRecordNumberSQL {
    /// A number that was merged in, or is out of use, does not count. Rows are inserted with `ON CONFLICT`, so that of
    /// two that come at once the second waits for the first and is then refused, not retried.
    static let script = """
        CREATE TABLE patient_mrn (
          organisation text COLLATE "C" NOT NULL,
          mrn text COLLATE "C" NOT NULL,
          patient text COLLATE "C" NOT NULL,
          PRIMARY KEY (mrn, organisation));
        CREATE INDEX ON patient_mrn (patient);
        CREATE FUNCTION people_items(value jsonb) RETURNS SETOF jsonb LANGUAGE sql IMMUTABLE AS $$
          SELECT jsonb_array_elements(CASE jsonb_typeof(value) WHEN 'array' THEN value ELSE '[]' END)
        $$;
        CREATE FUNCTION people_patient_mrns(content jsonb) RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
        BEGIN
          IF content ->> 'active' = 'false' OR EXISTS (
            SELECT FROM people_items(content -> 'link') l WHERE l ->> 'type' = 'replaced-by') THEN
            RETURN;
          END IF;
          RETURN QUERY
            SELECT DISTINCT i ->> 'value' FROM people_items(content -> 'identifier') i
            WHERE i ->> 'system' = coalesce(
                (SELECT value #>> '{}' FROM clinic_setting WHERE name = 'patient.mrn-system'), 'urn:martlet:mrn')
              AND i ->> 'value' IS NOT NULL AND coalesce(i ->> 'use', '') <> 'old';
        END $$;
        CREATE FUNCTION people_keep_mrns() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          organisation text;
          number text;
          taken int;
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM patient_mrn WHERE patient = OLD.id;
          END IF;
          IF TG_OP = 'DELETE' THEN
            RETURN NULL;
          END IF;
          organisation := coalesce(NEW.content #>> '{managingOrganization,reference}', '');
          FOR number IN SELECT n FROM people_patient_mrns(NEW.content) n ORDER BY n LOOP
            INSERT INTO patient_mrn VALUES (organisation, number, NEW.id) ON CONFLICT DO NOTHING;
            GET DIAGNOSTICS taken = ROW_COUNT;
            IF taken = 0 THEN
              RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
                MESSAGE = 'duplicate|another patient has this medical record number';
            END IF;
          END LOOP;
          RETURN NULL;
        END $$;
        CREATE TRIGGER people_mrn_insert AFTER INSERT OR DELETE ON patient
          FOR EACH ROW EXECUTE FUNCTION people_keep_mrns();
        CREATE TRIGGER people_mrn_update AFTER UPDATE ON patient FOR EACH ROW
          WHEN (OLD.content -> 'identifier' IS DISTINCT FROM NEW.content -> 'identifier'
            OR OLD.content -> 'active' IS DISTINCT FROM NEW.content -> 'active'
            OR OLD.content -> 'link' IS DISTINCT FROM NEW.content -> 'link'
            OR OLD.content -> 'managingOrganization' IS DISTINCT FROM NEW.content -> 'managingOrganization')
          EXECUTE FUNCTION people_keep_mrns();

        """

    /// Two live coverages of one person may not stand in the same place.
    ///
    /// Merges and messages of the system that leads the record may bring such; somebody has to sort them out then.
    static let coverages = """
        CREATE TABLE coverage_place (
          beneficiary text COLLATE "C" NOT NULL,
          place text COLLATE "C" NOT NULL,
          coverage text COLLATE "C" NOT NULL,
          PRIMARY KEY (beneficiary, place));
        CREATE INDEX ON coverage_place (coverage);
        CREATE FUNCTION people_keep_coverage() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          holder text;
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM coverage_place WHERE coverage = OLD.id;
          END IF;
          IF TG_OP = 'DELETE' OR NEW.content ->> 'status' IS DISTINCT FROM 'active' OR NEW.content -> 'order' IS NULL
            OR NEW.content #>> '{beneficiary,reference}' IS NULL THEN
            RETURN NULL;
          END IF;
          holder := substring(NEW.content #>> '{beneficiary,reference}' FROM '(?:^|/)(Patient/[A-Za-z0-9.-]{1,64})');
          IF holder IS NULL THEN
            RETURN NULL;
          END IF;
          INSERT INTO coverage_place VALUES (holder, NEW.content ->> 'order', NEW.id) ON CONFLICT DO NOTHING;
          IF NOT FOUND AND coalesce(current_setting('martlet.door', true), '') = ''
            AND coalesce(current_setting('martlet.merging', true), '') = '' THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
              MESSAGE = 'duplicate|another live coverage of this patient has the same order';
          END IF;
          RETURN NULL;
        END $$;
        DO $$ BEGIN
          IF to_regclass('coverage') IS NOT NULL THEN
            CREATE TRIGGER people_coverage AFTER INSERT OR UPDATE OR DELETE ON coverage
              FOR EACH ROW EXECUTE FUNCTION people_keep_coverage();
          END IF;
        END $$;

        """
}
