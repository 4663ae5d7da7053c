import FHIRStore

/// A patient whose record holds visits, results or open bills is not deleted by any door: what is left would be about
/// nobody. Such a record is erased as a whole (`Patient/$expunge`), or merged.
///
/// What was entered in error, and visits that never came about, do not count. A bundle deletes its resources in the
/// order of their types, so that one which deletes the whole record succeeds.
enum PatientInUseSQL {
    static let script = """
        CREATE FUNCTION people_keep_patient() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          held text;
        BEGIN
          IF to_regclass('encounter') IS NOT NULL AND EXISTS (SELECT FROM encounter
            WHERE subj = OLD.self AND content ->> 'status' NOT IN ('cancelled', 'entered-in-error')) THEN
            held := 'visits';
          ELSIF to_regclass('diagnosticreport') IS NOT NULL AND EXISTS (SELECT FROM diagnosticreport
            WHERE subj = OLD.self AND content ->> 'status' NOT IN ('cancelled', 'entered-in-error')) THEN
            held := 'results';
          ELSIF to_regclass('observation') IS NOT NULL AND EXISTS (SELECT FROM observation
            WHERE subj = OLD.self AND content ->> 'status' NOT IN ('cancelled', 'entered-in-error')
              AND content -> 'category' @> '[{"coding":[{"code":"laboratory"}]}]') THEN
            held := 'results';
          ELSIF to_regclass('invoice') IS NOT NULL AND EXISTS (SELECT FROM invoice
            WHERE subj = OLD.self AND content ->> 'status' IN ('draft', 'issued')) THEN
            held := 'open bills';
          END IF;
          IF held IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
              MESSAGE = 'still-referenced|the record of Patient/' || OLD.id || ' holds ' || held;
          END IF;
          RETURN OLD;
        END $$;
        CREATE TRIGGER people_keep_patient BEFORE DELETE ON patient
          FOR EACH ROW EXECUTE FUNCTION people_keep_patient();
        """
}
