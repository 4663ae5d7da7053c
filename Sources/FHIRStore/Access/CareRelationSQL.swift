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
}
