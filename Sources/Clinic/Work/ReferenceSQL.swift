import FHIRStore

/// What references point at, for guards in the database.
///
/// By hand: PostgreSQL builds the automaton of a regular expression anew at each call, which costs twenty times as
/// much for one that counts characters.
enum ReferenceSQL {
    static let migrations = [
        Migration(version: 585, name: "references without regular expressions", script: script),
        Migration(version: 660, name: "relative references at a glance", script: relative),
    ]

    private static let script = """
        -- `https://any/Practitioner/1/_history/2` → `Practitioner/1`, for any type; null for what is no such reference.
        -- The base is dropped, so that an absolute reference to one of our own cannot go round a guard.
        CREATE FUNCTION clinic_reference(reference text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
        DECLARE
          parts text[] := string_to_array(reference, '/');
          place int := cardinality(parts);
          kind text;
          id text;
        BEGIN
          IF place > 3 AND parts[place - 1] = '_history' THEN
            place := place - 2;
          END IF;
          IF place IS NULL OR place < 2 THEN
            RETURN NULL;
          END IF;
          kind := parts[place - 1];
          id := parts[place];
          IF length(kind) > 1 AND ascii(kind) BETWEEN 65 AND 90
            AND translate(kind, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', '') = ''
            AND length(id) BETWEEN 1 AND 64
            AND translate(id, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.', '') = '' THEN
            RETURN kind || '/' || id;
          END IF;
          RETURN NULL;
        END $$;
        -- The same, of some types only: `Practitioner|PractitionerRole`.
        CREATE FUNCTION clinic_reference(reference text, kinds text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
        DECLARE
          found text := clinic_reference(reference);
        BEGIN
          IF split_part(found, '/', 1) = ANY (string_to_array(kinds, '|')) THEN
            RETURN found;
          END IF;
          RETURN NULL;
        END $$;
        """

    /// `Patient/1`, as nearly all are, is told by one expression: each that a function evaluates for the first time in
    /// a transaction costs PostgreSQL more than its value does.
    private static let relative = """
        CREATE OR REPLACE FUNCTION clinic_reference(reference text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
        BEGIN
          IF translate(reference, '\(identifier)', '') = '/'
            AND ascii(reference) BETWEEN 65 AND 90 AND strpos(reference, '/') > 2
            AND length(reference) - strpos(reference, '/') BETWEEN 1 AND 64
            AND translate(split_part(reference, '/', 1), '\(letters)', '') = '' THEN
            RETURN reference;
          END IF;
          RETURN clinic_other_reference(reference);
        END $$;
        CREATE FUNCTION clinic_other_reference(reference text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
        DECLARE
          parts text[] := string_to_array(reference, '/');
          place int := cardinality(parts);
          kind text;
          id text;
        BEGIN
          IF place > 3 AND parts[place - 1] = '_history' THEN
            place := place - 2;
          END IF;
          IF place IS NULL OR place < 2 THEN
            RETURN NULL;
          END IF;
          kind := parts[place - 1];
          id := parts[place];
          IF length(kind) > 1 AND ascii(kind) BETWEEN 65 AND 90 AND translate(kind, '\(letters)', '') = ''
            AND length(id) BETWEEN 1 AND 64 AND translate(id, '\(identifier)', '') = '' THEN
            RETURN kind || '/' || id;
          END IF;
          RETURN NULL;
        END $$;
        CREATE OR REPLACE FUNCTION clinic_reference(reference text, kinds text) RETURNS text
        LANGUAGE plpgsql IMMUTABLE AS $$
        BEGIN
          IF translate(reference, '\(identifier)', '') = '/'
            AND strpos('|' || kinds || '|', '|' || split_part(reference, '/', 1) || '|') > 0
            AND length(reference) - strpos(reference, '/') BETWEEN 1 AND 64 THEN
            RETURN reference;
          END IF;
          RETURN clinic_other_reference(reference, kinds);
        END $$;
        CREATE FUNCTION clinic_other_reference(reference text, kinds text) RETURNS text
        LANGUAGE plpgsql IMMUTABLE AS $$
        DECLARE
          found text := clinic_other_reference(reference);
        BEGIN
          IF split_part(found, '/', 1) = ANY (string_to_array(kinds, '|')) THEN
            RETURN found;
          END IF;
          RETURN NULL;
        END $$;
        """

    private static let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    /// R4 datatypes.html#id.
    private static let identifier = letters + "0123456789-."
}
