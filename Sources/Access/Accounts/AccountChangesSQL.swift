/// The triggers that tell what is kept of an account elsewhere, in tokens and caches, that it has changed: through
/// `access_changed`, by which all servers hear of it within a second, and by ending what was granted.
enum AccountChangesSQL {
    static let script = tell + accounts + sessions + consents

    /// Where no tokens are issued, nobody listens.
    private static let tell = """
        CREATE FUNCTION account_tell(topic text) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          IF to_regproc('access_changed') IS NOT NULL THEN
            PERFORM access_changed(topic);
          END IF;
        END $$;

        """

    private static let accounts = """
        CREATE FUNCTION account_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM account_tell('person:' || NEW.person);
          IF NEW.tokens_from <> OLD.tokens_from AND to_regproc('end_person_grants') IS NOT NULL THEN
            PERFORM end_person_grants(NEW.person);
          END IF;
          RETURN NULL;
        END $$;
        CREATE TRIGGER account_changed AFTER UPDATE ON user_account FOR EACH ROW
          WHEN ((OLD.state, OLD.person_active, OLD.tokens_from, OLD.practitioner, OLD.patient, OLD.related,
              OLD.organization) IS DISTINCT FROM (NEW.state, NEW.person_active, NEW.tokens_from, NEW.practitioner,
              NEW.patient, NEW.related, NEW.organization))
          EXECUTE FUNCTION account_changed();
        CREATE FUNCTION account_role_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM account_tell('person:' || coalesce(NEW.person, OLD.person));
          RETURN NULL;
        END $$;
        CREATE TRIGGER account_role_changed AFTER INSERT OR UPDATE OR DELETE ON account_role
          FOR EACH ROW EXECUTE FUNCTION account_role_changed();

        """

    private static let sessions = """
        CREATE FUNCTION account_session_ended() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM account_tell('session:' || OLD.id);
          IF to_regproc('end_session_grants') IS NOT NULL THEN
            PERFORM end_session_grants(OLD.id);
          END IF;
          RETURN NULL;
        END $$;
        CREATE TRIGGER account_session_ended AFTER DELETE ON account_session
          FOR EACH ROW EXECUTE FUNCTION account_session_ended();

        """

    /// What a proxy may see hangs on the patient's consent.
    private static let consents = """
        CREATE FUNCTION account_consent_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM account_tell('person:' || a.person) FROM user_account a
          WHERE a.related <> '{}' AND a.related && ARRAY(
            SELECT substring(r ->> 'reference' FROM '(?:^|/)RelatedPerson/([A-Za-z0-9.-]{1,64})$')
            FROM jsonb_path_query(jsonb_build_array(
              CASE WHEN TG_OP <> 'INSERT' THEN OLD.content END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.content END),
              'lax $[*].provision.actor[*].reference') r);
          RETURN NULL;
        END $$;
        CREATE FUNCTION account_related_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM account_tell('person:' || person) FROM user_account WHERE related @> ARRAY[OLD.id];
          RETURN NULL;
        END $$;
        DO $$ BEGIN
          IF to_regclass('consent') IS NOT NULL THEN
            CREATE TRIGGER account_consent_changed AFTER INSERT OR UPDATE OR DELETE ON consent
              FOR EACH ROW EXECUTE FUNCTION account_consent_changed();
          END IF;
          IF to_regclass('relatedperson') IS NOT NULL THEN
            CREATE TRIGGER account_related_changed AFTER UPDATE OR DELETE ON relatedperson
              FOR EACH ROW EXECUTE FUNCTION account_related_changed();
          END IF;
        END $$;

        """
}
