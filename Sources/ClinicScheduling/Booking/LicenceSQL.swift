import Clinic
import FHIRStore

/// Keeps practitioners without a verified licence from being booked, by whatever door, where the clinic wants that.
enum LicenceSQL {
    /// What another calendar leads is its own matter, and what lies in the past has happened. The newest result of a
    /// verification says what holds, as for `LicenceRule`.
    static let script = """
        DO $$ BEGIN
          IF to_regclass('verificationresult') IS NOT NULL THEN
            CREATE INDEX verificationresult_of ON verificationresult USING gin ((content -> 'target') jsonb_path_ops);
          END IF;
        END $$;
        CREATE FUNCTION clinic_has_licence(practitioner text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
        DECLARE
          newest jsonb;
        BEGIN
          SELECT v.content INTO newest FROM verificationresult v
          WHERE v.content -> 'target' @> jsonb_build_array(jsonb_build_object('reference', practitioner))
            AND v.content ->> 'status' IS DISTINCT FROM 'entered-in-error'
          ORDER BY v.updated DESC LIMIT 1;
          RETURN newest ->> 'status' = 'validated' AND coalesce(
            left(newest ->> 'nextScheduled', 10) COLLATE "C" >= to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD'), true);
        END $$;
        CREATE FUNCTION clinic_require_licences() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          who text;
        BEGIN
          IF NOT EXISTS (
              SELECT FROM clinic_setting
              WHERE name = '\(LicenceRule.requiresVerification.name)' AND value = 'true'::jsonb)
            OR clinic_is_external() OR coalesce(current_setting('martlet.merging', true), '') <> ''
            OR coalesce(clinic_instant(NEW.content ->> 'start') <= now(), false) THEN
            RETURN NULL;
          END IF;
          IF TG_OP = 'UPDATE' AND OLD.content ->> 'status' = NEW.content ->> 'status'
            AND OLD.content -> 'start' IS NOT DISTINCT FROM NEW.content -> 'start'
            AND OLD.content -> 'participant' IS NOT DISTINCT FROM NEW.content -> 'participant' THEN
            RETURN NULL;
          END IF;
          FOR who IN
            SELECT DISTINCT e.reference
            FROM clinic_expanded(jsonb_path_query_array(
              NEW.content, 'lax $.participant[*] ? (!(@.status == "declined")).actor')) e
            WHERE e.reference LIKE 'Practitioner/%' ORDER BY e.reference
          LOOP
            IF clinic_has_licence(who) IS NOT TRUE THEN
              RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)', MESSAGE =
                'licence-unverified|' || who || ' has no verified licence that is in force';
            END IF;
          END LOOP;
          RETURN NULL;
        END $$;
        CREATE TRIGGER clinic_licences AFTER INSERT OR UPDATE ON appointment FOR EACH ROW
          WHEN (NEW.content ->> 'status' IN ('pending', 'booked')) EXECUTE FUNCTION clinic_require_licences();
        """
}
