/// What roles demand of second factors, as tables, functions and triggers.
enum SecondFactorSQL {
    static let script = columns + demand + changes

    /// - `totp_since` is when the second factor came into force; what was issued before was issued without it.
    /// - A session of stage `enrolment` has shown the right password, and has a second factor to set up first.
    private static let columns = """
        ALTER TABLE user_account ADD COLUMN totp_since timestamptz;
        ALTER TABLE account_session DROP CONSTRAINT account_session_stage_check;
        ALTER TABLE account_session ADD CONSTRAINT account_session_stage_check
          CHECK (stage IN ('password', 'enrolment', 'full'));

        """

    /// The roles are those of the table of rights in force (`secondFactorFor`), which is read each time: it is one row,
    /// and asked for at most every few seconds for each token.
    private static let demand = """
        CREATE FUNCTION account_demands_factor(asked text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
        DECLARE
          demanding jsonb;
        BEGIN
          SELECT r.document::jsonb -> 'secondFactorFor' INTO demanding
          FROM access_rights r ORDER BY r.version DESC LIMIT 1;
          IF demanding IS NULL OR demanding = '[]' THEN
            RETURN false;
          END IF;
          RETURN EXISTS (
            SELECT FROM user_account a
            WHERE a.person = asked AND (
              a.patient IS NOT NULL AND demanding ? 'patient' OR a.related <> '{}' AND demanding ? 'proxy'
              OR EXISTS (
                SELECT FROM account_role r
                WHERE r.person = a.person AND r.active AND r.starts <= now() AND r.ends > now()
                  AND (r.organization IS NULL OR a.organization IS NULL OR r.organization = a.organization)
                  AND demanding ? replace(r.role, '_', '-'))));
        END $$;
        -- What was issued to a person before this holds no longer.
        CREATE FUNCTION account_tokens_from(a user_account) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
        BEGIN
          IF NOT account_demands_factor(a.person) THEN
            RETURN a.tokens_from;
          END IF;
          IF a.totp IS NULL THEN
            RETURN '9999-01-01Z';
          END IF;
          RETURN greatest(a.tokens_from, a.totp_since);
        END $$;

        """

    /// A second factor that is set up or taken away, and another table of rights, are heard of like all other changes.
    private static let changes = """
        DROP TRIGGER account_changed ON user_account;
        CREATE TRIGGER account_changed AFTER UPDATE ON user_account FOR EACH ROW
          WHEN ((OLD.state, OLD.person_active, OLD.tokens_from, OLD.practitioner, OLD.patient, OLD.related,
              OLD.organization, OLD.totp IS NULL) IS DISTINCT FROM (NEW.state, NEW.person_active, NEW.tokens_from,
              NEW.practitioner, NEW.patient, NEW.related, NEW.organization, NEW.totp IS NULL))
          EXECUTE FUNCTION account_changed();
        CREATE FUNCTION access_rights_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM account_tell('rights');
          RETURN NULL;
        END $$;
        CREATE TRIGGER access_rights_changed AFTER INSERT ON access_rights
          FOR EACH ROW EXECUTE FUNCTION access_rights_changed();

        """
}
