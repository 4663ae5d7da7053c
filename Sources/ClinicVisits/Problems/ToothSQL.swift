import FHIRStore

/// The rules of dental charting: teeth are named by ISO 3950 in `bodySite`, and a surface needs a tooth.
enum ToothSQL {
    /// Where the codes of teeth and of their surfaces come from.
    static let toothSystems = ["urn:iso:std:iso:3950", "http://terminology.hl7.org/CodeSystem/ex-tooth"]
    static let surfaceSystem = "http://terminology.hl7.org/CodeSystem/FDI-surface"

    static var script: String {
        let systems = toothSystems.map { "'\($0)'" }.joined(separator: ", ")
        return """
            CREATE FUNCTION tooth_check() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE
              sites jsonb := CASE jsonb_typeof(NEW.content -> 'bodySite')
                WHEN 'array' THEN NEW.content -> 'bodySite'
                WHEN 'object' THEN jsonb_build_array(NEW.content -> 'bodySite') ELSE '[]' END;
            BEGIN
              -- Quadrants 1 to 4 have eight permanent teeth, 5 to 8 five deciduous ones.
              IF EXISTS (
                SELECT FROM jsonb_array_elements(sites) s, visit_items(s -> 'coding') c
                WHERE c ->> 'system' = '\(toothSystems[0])'
                  AND (c ->> 'code' IS NULL OR c ->> 'code' !~ '^([1-4][1-8]|[5-8][1-5])$')) THEN
                RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
                  MESSAGE = 'unknown-code|bodySite names a tooth that ISO 3950 does not have';
              END IF;
              IF EXISTS (
                  SELECT FROM jsonb_array_elements(sites) s, visit_items(s -> 'coding') c
                  WHERE c ->> 'system' = '\(surfaceSystem)')
                AND NOT EXISTS (
                  SELECT FROM jsonb_array_elements(sites) s, visit_items(s -> 'coding') c
                  WHERE c ->> 'system' IN (\(systems)))
              THEN
                RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
                  MESSAGE = 'tooth-missing|bodySite names a surface but no tooth';
              END IF;
              RETURN NEW;
            END $$;
            DO $do$
            DECLARE
              name text;
            BEGIN
              FOREACH name IN ARRAY ARRAY['observation', 'procedure'] LOOP
                IF to_regclass(name) IS NOT NULL THEN
                  EXECUTE format(
                    'CREATE TRIGGER tooth BEFORE INSERT OR UPDATE ON %I FOR EACH ROW'
                    || ' WHEN (NEW.content ? ''bodySite'') EXECUTE FUNCTION tooth_check()', name);
                END IF;
              END LOOP;
            END $do$;

            """
    }
}
