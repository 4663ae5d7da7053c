import FHIRStore

/// The triggers by which accounts follow their resources, whatever door a change comes through: a Person or
/// PractitionerRole that is no longer active takes rights away, at once; none gives any. And somebody must be left who
/// can administer.
enum AccountGuardSQL {
    static let script = view + lastAdministrator + followPerson + followRole + patients

    /// Those who administer now, and for which organization; null for all.
    private static let view = """
        CREATE VIEW account_superadmin AS
          SELECT r.id, r.person, r.organization FROM account_role r JOIN user_account a USING (person)
          WHERE r.role = 'superadmin' AND r.active AND r.starts <= now() AND r.ends > now()
            AND a.state = 'active' AND a.person_active;

        """

    /// Those who take administrators away wait for each other, so that two cannot remove one another.
    private static let lastAdministrator = """
        CREATE FUNCTION account_require_superadmin(gone text) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM pg_advisory_xact_lock(7305540);
          IF NOT EXISTS (SELECT FROM account_superadmin s WHERE s.organization IS NULL OR s.organization = gone) THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
              MESSAGE = 'last-administrator|the last administrator cannot be removed';
          END IF;
        END $$;
        CREATE FUNCTION account_guard_role() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF OLD.role = 'superadmin' AND OLD.active AND OLD.starts <= now() AND OLD.ends > now()
            AND EXISTS (SELECT FROM user_account WHERE person = OLD.person AND state = 'active' AND person_active)
            AND NOT EXISTS (SELECT FROM account_superadmin WHERE id = OLD.id) THEN
            PERFORM account_require_superadmin(OLD.organization);
          END IF;
          RETURN NULL;
        END $$;
        CREATE TRIGGER account_guard_role AFTER UPDATE OR DELETE ON account_role
          FOR EACH ROW EXECUTE FUNCTION account_guard_role();
        CREATE FUNCTION account_guard_state() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          role account_role;
        BEGIN
          FOR role IN SELECT * FROM account_role WHERE person = OLD.person AND account_role.role = 'superadmin'
            AND active AND starts <= now() AND ends > now() LOOP
            PERFORM account_require_superadmin(role.organization);
          END LOOP;
          RETURN NULL;
        END $$;
        CREATE TRIGGER account_guard_state AFTER UPDATE ON user_account FOR EACH ROW
          WHEN (OLD.state = 'active' AND OLD.person_active AND NOT (NEW.state = 'active' AND NEW.person_active))
          EXECUTE FUNCTION account_guard_state();

        """

    private static let followPerson = """
        CREATE FUNCTION account_follow_person() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'DELETE' THEN
            UPDATE user_account SET person_active = false, tokens_from = now() WHERE person = OLD.id;
          ELSE
            UPDATE user_account SET person_active = NEW.content -> 'active' IS DISTINCT FROM 'false'
            WHERE person = NEW.id AND person_active <> (NEW.content -> 'active' IS DISTINCT FROM 'false');
          END IF;
          RETURN NULL;
        END $$;
        DO $$ BEGIN
          IF to_regclass('person') IS NOT NULL THEN
            CREATE TRIGGER account_follow_person AFTER INSERT OR UPDATE OR DELETE ON person
              FOR EACH ROW EXECUTE FUNCTION account_follow_person();
          END IF;
        END $$;

        """

    /// A role holds as long as its resource says so: active, with this code, in its period, of this organization. What
    /// the resource says more is not granted by it.
    private static let followRole = """
        CREATE FUNCTION account_instant(value text, latest boolean) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
        BEGIN
          RETURN CASE length(value)
            WHEN 4 THEN (value || '-01-01')::timestamptz + CASE WHEN latest THEN interval '1 year' ELSE '0' END
            WHEN 7 THEN (value || '-01')::timestamptz + CASE WHEN latest THEN interval '1 month' ELSE '0' END
            WHEN 10 THEN value::timestamptz + CASE WHEN latest THEN interval '1 day' ELSE '0' END
            ELSE value::timestamptz END;
        EXCEPTION WHEN OTHERS THEN
          RETURN NULL;
        END $$;
        CREATE FUNCTION account_follow_role() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'DELETE' THEN
            UPDATE account_role SET active = false WHERE practitioner_role = OLD.id AND active;
            RETURN NULL;
          END IF;
          IF NOT EXISTS (SELECT FROM account_role WHERE practitioner_role = NEW.id) THEN
            RETURN NULL;
          END IF;
          UPDATE account_role r SET
            active = coalesce(
              NEW.content -> 'active' IS DISTINCT FROM 'false'
              AND NEW.content -> 'code' @> jsonb_build_array(jsonb_build_object('coding', jsonb_build_array(
                jsonb_build_object('system', 'urn:martlet:role', 'code', r.role))))
              AND substring(NEW.content #>> '{practitioner,reference}'
                  FROM '(?:^|/)Practitioner/([A-Za-z0-9.-]{1,64})$')
                = (SELECT a.practitioner FROM user_account a WHERE a.person = r.person)
              AND substring(NEW.content #>> '{organization,reference}'
                  FROM '(?:^|/)Organization/([A-Za-z0-9.-]{1,64})$')
                IS NOT DISTINCT FROM r.organization, false),
            starts = coalesce(account_instant(NEW.content #>> '{period,start}', false), '-infinity'),
            ends = coalesce(account_instant(NEW.content #>> '{period,end}', true), 'infinity')
          WHERE practitioner_role = NEW.id;
          RETURN NULL;
        END $$;
        DO $$ BEGIN
          IF to_regclass('practitionerrole') IS NOT NULL THEN
            CREATE TRIGGER account_follow_role AFTER INSERT OR UPDATE OR DELETE ON practitionerrole
              FOR EACH ROW EXECUTE FUNCTION account_follow_role();
          END IF;
        END $$;

        """

    /// A patient, and who took their place when records were merged; ids between spaces.
    private static let patients = """
        CREATE FUNCTION account_patients(first text) RETURNS text LANGUAGE plpgsql STABLE AS $$
        DECLARE
          ids text := first;
          next text := first;
        BEGIN
          FOR step IN 1..8 LOOP
            SELECT substring(l -> 'other' ->> 'reference' FROM '(?:^|/)Patient/([A-Za-z0-9.-]{1,64})$') INTO next
            FROM patient p, jsonb_array_elements(
              CASE jsonb_typeof(p.content -> 'link') WHEN 'array' THEN p.content -> 'link' ELSE '[]' END) l
            WHERE p.id = next AND l ->> 'type' = 'replaced-by' LIMIT 1;
            EXIT WHEN next IS NULL;
            ids := ids || ' ' || next;
          END LOOP;
          RETURN ids;
        END $$;

        """
}
