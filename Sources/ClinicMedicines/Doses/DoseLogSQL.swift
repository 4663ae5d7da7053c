import FHIRStore

/// One log for each planned dose, whatever door a MedicationAdministration comes through.
enum DoseLogSQL {
    /// Says which dose an administration is about: `valueDateTime`.
    static let plannedExtension = "urn:martlet:planned-dose"

    static let script = """
        CREATE TABLE dose_log (
          request text COLLATE "C" NOT NULL,
          planned timestamptz NOT NULL,
          administration text COLLATE "C" NOT NULL,
          outcome text NOT NULL,
          PRIMARY KEY (request, planned));
        CREATE INDEX dose_log_administration ON dose_log (administration);

        CREATE FUNCTION medicine_keep_dose_log() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          for_request text;
          planned_for timestamptz;
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM dose_log WHERE administration = OLD.id;
          END IF;
          IF TG_OP = 'DELETE' OR NEW.content ->> 'status' = 'entered-in-error' THEN
            RETURN NULL;
          END IF;
          for_request := substring(NEW.content -> 'request' ->> 'reference' FROM
            '(?:^|/)MedicationRequest/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?$');
          SELECT medicine_time(x ->> 'valueDateTime', false) INTO planned_for
          FROM jsonb_array_elements(CASE jsonb_typeof(NEW.content -> 'extension')
            WHEN 'array' THEN NEW.content -> 'extension' ELSE '[]' END) x
          WHERE x ->> 'url' = '\(plannedExtension)' LIMIT 1;
          IF for_request IS NULL OR planned_for IS NULL THEN
            RETURN NULL;
          END IF;
          INSERT INTO dose_log (request, planned, administration, outcome) VALUES (
            for_request, planned_for, NEW.id, CASE
              WHEN NEW.content ->> 'status' = 'not-done' THEN 'skipped'
              WHEN NEW.content -> 'extension' @> '[{"url": "\(DoseLog.statusExtension)", "valueCode": "late"}]'
                THEN 'late'
              ELSE 'taken' END)
            ON CONFLICT (request, planned) DO NOTHING;
          IF NOT FOUND THEN
            \(StockSQL.raise(StoreError.conflictState, "duplicate", "this dose is logged already"))
          END IF;
          RETURN NULL;
        END $$;

        DO $do$
        BEGIN
          IF to_regclass('medicationadministration') IS NULL THEN
            RETURN;
          END IF;
          CREATE TRIGGER medicine_dose_log_new AFTER INSERT ON medicationadministration FOR EACH ROW
            WHEN (NEW.content ? 'extension') EXECUTE FUNCTION medicine_keep_dose_log();
          CREATE TRIGGER medicine_dose_log_change AFTER UPDATE ON medicationadministration FOR EACH ROW
            WHEN (OLD.content ? 'extension' OR NEW.content ? 'extension') EXECUTE FUNCTION medicine_keep_dose_log();
          CREATE TRIGGER medicine_dose_log_delete AFTER DELETE ON medicationadministration FOR EACH ROW
            WHEN (OLD.content ? 'extension') EXECUTE FUNCTION medicine_keep_dose_log();
        END $do$;
        """
}
