/// Care relations without regular expressions, which cost more than the writes they go with; and left alone by changes
/// of status that do not end the care.
enum CareRelationSQL {
    static let script = #"""
        -- Id in a reference to a resource of a type, whatever its base and version; null for any other.
        CREATE FUNCTION care_target(reference text, kind text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
        DECLARE
          parts text[] := string_to_array(reference, '/');
          place int := cardinality(parts);
        BEGIN
          IF place > 3 AND parts[place - 1] = '_history' THEN
            place := place - 2;
          END IF;
          IF place > 1 AND parts[place - 1] = kind AND length(parts[place]) BETWEEN 1 AND 64
            AND translate(parts[place],
              'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.', '') = '' THEN
            RETURN parts[place];
          END IF;
          RETURN NULL;
        END $$;

        CREATE OR REPLACE FUNCTION care_relations(content jsonb) RETURNS TABLE (practitioner text, patient text)
        LANGUAGE plpgsql STABLE AS $$
        DECLARE
          named text[];
          patients text[];
          roles text[];
          practitioners text[];
        BEGIN
          named := ARRAY(
            SELECT r #>> '{}' FROM jsonb_path_query(content, 'lax $.participant[*].*.reference') r
            UNION SELECT content #>> '{subject,reference}');
          patients := array_remove(ARRAY(SELECT care_target(n, 'Patient') FROM unnest(named) n), NULL);
          IF cardinality(patients) = 0 THEN
            RETURN;
          END IF;
          practitioners := array_remove(ARRAY(SELECT care_target(n, 'Practitioner') FROM unnest(named) n), NULL);
          roles := array_remove(ARRAY(SELECT care_target(n, 'PractitionerRole') FROM unnest(named) n), NULL);
          IF cardinality(roles) > 0 AND to_regclass('practitionerrole') IS NOT NULL THEN
            practitioners := practitioners || array_remove(ARRAY(
              SELECT care_target(r.content #>> '{practitioner,reference}', 'Practitioner')
              FROM practitionerrole r WHERE r.id = ANY (roles)), NULL);
          END IF;
          RETURN QUERY SELECT DISTINCT w, p FROM unnest(practitioners) w, unnest(patients) p;
        END $$;

        CREATE OR REPLACE FUNCTION care_relation_note() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          void text[] := TG_ARGV[1]::text[];
        BEGIN
          IF TG_OP = 'UPDATE' AND NEW.content->'participant' IS NOT DISTINCT FROM OLD.content->'participant'
            AND NEW.content->'subject' IS NOT DISTINCT FROM OLD.content->'subject'
            AND coalesce(NEW.content->>'status' = ANY (void), false)
              = coalesce(OLD.content->>'status' = ANY (void), false) THEN
            RETURN NULL;
          END IF;
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM care_relation WHERE source = OLD.id AND type = TG_ARGV[0];
          END IF;
          IF TG_OP <> 'DELETE' AND NOT coalesce(NEW.content->>'status' = ANY (void), false) THEN
            INSERT INTO care_relation (practitioner, patient, type, source)
            SELECT r.practitioner, r.patient, TG_ARGV[0], NEW.id FROM care_relations(NEW.content) r
            ON CONFLICT DO NOTHING;
          END IF;
          RETURN NULL;
        END $$;
        """#

    /// Each name is read once, and changes that cannot matter do not come to the function.
    static func atAGlance(_ types: [ResourceTable]) -> String {
        let sources = [
            ("Encounter", "{cancelled,entered-in-error}"),
            ("Appointment", "{cancelled,noshow,entered-in-error}"),
            ("CareTeam", "{inactive,entered-in-error}"),
        ]
        let triggers = sources.compactMap { name, void in
            types.first { $0.typeName == name }.map { table in
                """
                DROP TRIGGER care_relation ON \(table.all);
                CREATE TRIGGER care_relation AFTER INSERT OR DELETE ON \(table.all)
                  FOR EACH ROW EXECUTE FUNCTION care_relation_note('\(name)', '\(void)');
                CREATE TRIGGER care_relation_update AFTER UPDATE ON \(table.all) FOR EACH ROW
                  WHEN (NEW.content->'participant' IS DISTINCT FROM OLD.content->'participant'
                    OR NEW.content->'subject' IS DISTINCT FROM OLD.content->'subject'
                    OR coalesce(NEW.content->>'status' = ANY ('\(void)'), false)
                      <> coalesce(OLD.content->>'status' = ANY ('\(void)'), false))
                  EXECUTE FUNCTION care_relation_note('\(name)', '\(void)');
                """
            }
        }
        return readOnce + triggers.joined(separator: "\n")
    }

    private static let readOnce = #"""
        -- `Patient/1`, `Practitioner/1` or `PractitionerRole/1`, whatever the base and version; null for any other.
        CREATE FUNCTION care_reference(reference text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
        BEGIN
          IF translate(reference,
              'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.', '') = '/'
            AND split_part(reference, '/', 1) IN ('Patient', 'Practitioner', 'PractitionerRole')
            AND length(split_part(reference, '/', 2)) BETWEEN 1 AND 64 THEN
            RETURN reference;
          END IF;
          RETURN coalesce(
            'Patient/' || care_target(reference, 'Patient'),
            'Practitioner/' || care_target(reference, 'Practitioner'),
            'PractitionerRole/' || care_target(reference, 'PractitionerRole'));
        END $$;

        CREATE OR REPLACE FUNCTION care_relations(content jsonb) RETURNS TABLE (practitioner text, patient text)
        LANGUAGE plpgsql STABLE AS $$
        DECLARE
          named text[];
        BEGIN
          named := ARRAY(
            SELECT care_reference(r #>> '{}') FROM jsonb_path_query(content, 'lax $.participant[*].*.reference') r
            UNION SELECT care_reference(content #>> '{subject,reference}'));
          IF array_to_string(named, ' ') LIKE '%PractitionerRole/%' AND to_regclass('practitionerrole') IS NOT NULL THEN
            named := named || ARRAY(
              SELECT care_reference(r.content #>> '{practitioner,reference}') FROM practitionerrole r
              WHERE r.id IN (SELECT substr(n, 18) FROM unnest(named) n WHERE n LIKE 'PractitionerRole/%'));
          END IF;
          RETURN QUERY
            SELECT DISTINCT substr(w, 14), substr(p, 9) FROM unnest(named) w, unnest(named) p
            WHERE w LIKE 'Practitioner/%' AND p LIKE 'Patient/%';
        END $$;

        """#

    /// Participants are gone through by expressions alone: each query in a function costs more than the row it is for.
    static let byExpressions = #"""
        CREATE OR REPLACE FUNCTION care_relation_note() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          named jsonb;
          target text;
          patients text[] := '{}';
          practitioners text[] := '{}';
          roles text[] := '{}';
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM care_relation WHERE source = OLD.id AND type = TG_ARGV[0];
          END IF;
          IF TG_OP = 'DELETE' OR coalesce(NEW.content ->> 'status' = ANY (TG_ARGV[1]::text[]), false) THEN
            RETURN NULL;
          END IF;
          named := NEW.content -> 'participant';
          IF jsonb_typeof(named) IS DISTINCT FROM 'array' THEN
            RETURN NULL;
          END IF;
          FOR place IN -1 .. jsonb_array_length(named) - 1 LOOP
            target := care_reference(CASE place WHEN -1 THEN NEW.content #>> '{subject,reference}' ELSE coalesce(
              named -> place #>> '{actor,reference}', named -> place #>> '{individual,reference}',
              named -> place #>> '{member,reference}') END);
            CASE split_part(target, '/', 1)
              WHEN 'Patient' THEN patients := patients || split_part(target, '/', 2);
              WHEN 'Practitioner' THEN practitioners := practitioners || split_part(target, '/', 2);
              WHEN 'PractitionerRole' THEN roles := roles || split_part(target, '/', 2);
              ELSE NULL;
            END CASE;
          END LOOP;
          IF cardinality(roles) > 0 AND to_regclass('practitionerrole') IS NOT NULL THEN
            practitioners := practitioners || ARRAY(
              SELECT split_part(care_reference(r.content #>> '{practitioner,reference}'), '/', 2)
              FROM practitionerrole r
              WHERE r.id = ANY (roles)
                AND care_reference(r.content #>> '{practitioner,reference}') LIKE 'Practitioner/%');
          END IF;
          IF cardinality(patients) > 0 AND cardinality(practitioners) > 0 THEN
            INSERT INTO care_relation (practitioner, patient, type, source)
            SELECT w, p, TG_ARGV[0], NEW.id FROM unnest(practitioners) w, unnest(patients) p
            ON CONFLICT DO NOTHING;
          END IF;
          RETURN NULL;
        END $$;
        """#
}
