import Clinic
import FHIRStore

/// The triggers that keep referrals right on every write path: nobody refers to themselves, and none is completed
/// without an outcome. Messages of other systems say what happened there; they are let pass.
enum ReferralSQL {
    static var script: String { functions + triggers }

    private static let referral =
        #"@> '{"category":[{"coding":[{"code":"\#(OrderCategory.referralCode)"}]}]}'"#

    private static var isMessage: String {
        "current_setting('\(StateMachineMigrations.doorParameter)', true) = '\(StateMachineMigrations.messageDoor)'"
    }

    private static var functions: String {
        """
        -- `https://any/Practitioner/1/_history/2` is Practitioner/1; a role is who has it.
        CREATE FUNCTION order_local(reference text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
          SELECT substring(reference FROM
            '(?:^|/)([A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?$')
        $$;
        CREATE FUNCTION order_person(reference text) RETURNS text LANGUAGE plpgsql STABLE AS $$
        DECLARE
          found text := order_local(reference);
          person text;
        BEGIN
          IF found LIKE 'PractitionerRole/%' AND to_regclass('practitionerrole') IS NOT NULL THEN
            SELECT order_local(content #>> '{practitioner,reference}') INTO person
            FROM practitionerrole WHERE id = substr(found, 18);
          END IF;
          RETURN coalesce(person, found);
        END $$;
        CREATE FUNCTION order_has_output(task jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
          SELECT CASE jsonb_typeof(task -> 'output')
            WHEN 'array' THEN jsonb_array_length(task -> 'output') > 0 ELSE false END
        $$;
        CREATE FUNCTION order_check_referral() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          requester text := order_person(NEW.content #>> '{requester,reference}');
        BEGIN
          IF \(isMessage) THEN
            RETURN NEW;
          END IF;
          IF requester IS NOT NULL AND EXISTS (
            SELECT FROM jsonb_array_elements(
              CASE jsonb_typeof(NEW.content -> 'performer')
                WHEN 'array' THEN NEW.content -> 'performer' ELSE '[]' END) p
            WHERE order_person(p ->> 'reference') = requester) THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
              MESSAGE = 'self-referral|nobody refers a patient to themselves';
          END IF;
          IF TG_OP = 'UPDATE' AND NEW.content ->> 'status' = 'completed'
            AND OLD.content ->> 'status' IS DISTINCT FROM 'completed'
            AND to_regclass('task') IS NOT NULL AND NOT EXISTS (
              SELECT FROM task WHERE content #>> '{focus,reference}' = 'ServiceRequest/' || NEW.id
                AND content ? 'output' AND order_has_output(content)) THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
              MESSAGE = 'outcome-missing|the outcome of a referral is linked before it is completed';
          END IF;
          RETURN NEW;
        END $$;
        CREATE FUNCTION order_check_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          focus text := order_local(NEW.content #>> '{focus,reference}');
        BEGIN
          IF NOT \(isMessage) IS TRUE AND focus LIKE 'ServiceRequest/%' AND NOT order_has_output(NEW.content)
            AND to_regclass('servicerequest') IS NOT NULL AND EXISTS (
              SELECT FROM servicerequest WHERE id = substr(focus, 16) AND content \(referral)) THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
              MESSAGE = 'outcome-missing|the outcome of a referral is linked before it is completed';
          END IF;
          RETURN NEW;
        END $$;

        """
    }

    private static var triggers: String {
        """
        DO $do$ BEGIN
          IF to_regclass('servicerequest') IS NOT NULL THEN
            CREATE TRIGGER order_referral BEFORE INSERT OR UPDATE ON servicerequest FOR EACH ROW
              WHEN (NEW.content \(referral)) EXECUTE FUNCTION order_check_referral();
          END IF;
          IF to_regclass('task') IS NOT NULL THEN
            CREATE INDEX task_outcome ON task ((content #>> '{focus,reference}')) WHERE content ? 'output';
            CREATE TRIGGER order_outcome BEFORE UPDATE ON task FOR EACH ROW
              WHEN (NEW.content ->> 'status' = 'completed' AND OLD.content ->> 'status' IS DISTINCT FROM 'completed')
              EXECUTE FUNCTION order_check_outcome();
          END IF;
        END $do$;

        """
    }
}
